import type { RunnerJob } from "@runner-connector/core"
import type { Effect } from "effect"
import type { aHeldJob } from "../arrange.ts"
import type { Answer } from "../client.ts"
import type { Hands } from "../WireServer.ts"

/** The leased job that every row starts with. */
export type Held = Effect.Effect.Success<ReturnType<typeof aHeldJob>>

/** One row of the status table: the request, the situation and the expected answer. */
export interface Row {
  /** The name of the endpoint's record. */
  readonly endpoint: string
  readonly situation: string
  readonly status: number
  /** Absent when the problem has no code. */
  readonly code?: string | undefined
  /** The state of the job afterwards. When absent, the job must not change. */
  readonly becomes?: RunnerJob.JobState | "gone" | undefined
  /** Overrides of the default job. */
  readonly job?: Partial<RunnerJob.RunnerJob> | undefined
  /** Actions on the job before the request. */
  readonly before?: ((held: Held) => Effect.Effect<unknown, unknown, Hands>) | undefined
  readonly ask: (held: Held) => Effect.Effect<Answer, unknown, Hands>
}

export const NOT_PROCESSING = "runner_job_not_in_processing_state"
export const UNKNOWN_RUNNER = "unknown_runner_token"

/** The code for a job that another runner has accepted. */
export const LOST_RACE = "runner_job_not_in_pending_state"

/** Texts that are not v4 UUIDs. */
export const malformedIds: ReadonlyArray<string> = [
  "1",
  "00000000-0000-1000-8000-000000000000",
  "b0a8bc31-6c1f-4e53-8b5b-2f0a7d1f3f5e0"
]
