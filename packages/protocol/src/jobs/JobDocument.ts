import type { Runner, RunnerJob } from "@runner-connector/core"
import { DateTime, Option, Schema } from "effect"
import { AnyObject, Moment } from "../http/fields.ts"

/** Number and label of each state on the wire. */
export const stateDocuments: Readonly<Record<RunnerJob.JobState, { readonly id: number; readonly label: string }>> = {
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

/** A state as documents show it. */
export const StateDocument = Schema.Struct({ id: Schema.Int, label: Schema.String }).annotations({
  identifier: "JobState"
})

/** The members that `accept` and the list for administrators have in common. */
export const jobFields = {
  uuid: Schema.String,
  type: Schema.String,
  state: StateDocument,
  progress: Schema.NullOr(Schema.Int),
  priority: Schema.Int,
  failures: Schema.Int,
  error: Schema.NullOr(Schema.String),
  payload: AnyObject,
  startedAt: Schema.optional(Moment),
  createdAt: Moment,
  updatedAt: Moment,
  runner: Schema.NullOr(
    Schema.Struct({ id: Schema.Int, name: Schema.String, description: Schema.NullOr(Schema.String) })
  )
}

/** Fills `jobFields`. */
export const jobMembers = (job: RunnerJob.RunnerJob, runner: Option.Option<Runner.Runner>, payload: unknown) => ({
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
  runner: Option.match(runner, {
    onNone: () => null,
    onSome: ({ description, id, name }) => ({ id, name, description: Option.getOrNull(description) })
  })
})
