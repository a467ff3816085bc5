import { DateTime, Option, type Redacted, Schema } from "effect"
import type { Runner } from "../domain/Runner.ts"
import type { RunnerJob, JobState as State } from "../domain/RunnerJob.ts"
import { Token } from "./fields.ts"

/** Number and label of each state on the wire. */
export const stateDocuments: Readonly<Record<State, { readonly id: number; readonly label: string }>> = {
  Pending: { id: 1, label: "Pending" },
  Processing: { id: 2, label: "Processing" },
  Completed: { id: 3, label: "Completed" },
  Errored: { id: 4, label: "Errored" },
  WaitingForParent: { id: 5, label: "Waiting for parent job to finish" },
  Cancelled: { id: 6, label: "Cancelled" },
  ParentErrored: { id: 7, label: "Parent job failed" },
  ParentCancelled: { id: 8, label: "Parent job cancelled" },
  Completing: { id: 9, label: "Completing" }
}

const StateDocument = Schema.Struct({ id: Schema.Int, label: Schema.String })

/** A job in the answer to `request`: exactly these three members. */
export const AvailableJob = Schema.Struct({
  uuid: Schema.String,
  type: Schema.String,
  payload: Schema.Unknown
})
export type AvailableJob = typeof AvailableJob.Type

/** A job in the answer to `accept`. */
export const AcceptedJob = Schema.Struct({
  uuid: Schema.String,
  type: Schema.String,
  state: StateDocument,
  progress: Schema.NullOr(Schema.Int),
  priority: Schema.Int,
  failures: Schema.Int,
  error: Schema.NullOr(Schema.String),
  payload: Schema.Unknown,
  startedAt: Schema.optional(Schema.String),
  createdAt: Schema.String,
  updatedAt: Schema.String,
  runner: Schema.NullOr(
    Schema.Struct({ id: Schema.Int, name: Schema.String, description: Schema.NullOr(Schema.String) })
  ),
  jobToken: Token
})
export type AcceptedJob = typeof AcceptedJob.Type

export const availableJob = (job: RunnerJob, payload: unknown): AvailableJob => ({
  uuid: job.id,
  type: job.type,
  payload
})

export const acceptedJob = (
  job: RunnerJob,
  runner: Runner,
  payload: unknown,
  jobToken: Redacted.Redacted<string>
): AcceptedJob => ({
  uuid: job.id,
  type: job.type,
  state: stateDocuments[job.state],
  progress: Option.getOrNull(job.progress),
  priority: job.priority,
  failures: job.failures,
  error: Option.getOrNull(job.error),
  payload,
  ...Option.match(job.startedAt, { onNone: () => ({}), onSome: (at) => ({ startedAt: DateTime.formatIso(at) }) }),
  createdAt: DateTime.formatIso(job.createdAt),
  updatedAt: DateTime.formatIso(job.updatedAt),
  runner: { id: runner.id, name: runner.name, description: Option.getOrNull(runner.description) },
  jobToken
})
