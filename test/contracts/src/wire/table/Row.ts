import type { RunnerJob } from "@runner-connector/core"
import type { Effect } from "effect"
import type { aHeldJob } from "../arrange.ts"
import type { Answer } from "../client.ts"
import type { Hands } from "../WireServer.ts"

/** A job that a runner holds, which every row begins with. */
export type Held = Effect.Effect.Success<ReturnType<typeof aHeldJob>>

/** One row of the table of statuses: what is asked in which situation, and what is answered. */
export interface Row {
  /** The name of the endpoint's record. */
  readonly endpoint: string
  readonly situation: string
  readonly status: number
  /** None: the problem has no code. */
  readonly code?: string | undefined
  /** The state of the job afterwards; when left out, nothing of it has changed. */
  readonly becomes?: RunnerJob.JobState | "gone" | undefined
  /** What of the job is not as usual. */
  readonly job?: Partial<RunnerJob.RunnerJob> | undefined
  /** What happens to the job before. */
  readonly before?: ((held: Held) => Effect.Effect<unknown, unknown, Hands>) | undefined
  readonly ask: (held: Held) => Effect.Effect<Answer, unknown, Hands>
}

export const NOT_PROCESSING = "runner_job_not_in_processing_state"
export const UNKNOWN_RUNNER = "unknown_runner_token"

/** The code of a job that went to another runner. */
export const LOST_RACE = "runner_job_not_in_pending_state"

/** No v4 UUIDs. */
export const malformedIds: ReadonlyArray<string> = [
  "1",
  "00000000-0000-1000-8000-000000000000",
  "b0a8bc31-6c1f-4e53-8b5b-2f0a7d1f3f5e0"
]
