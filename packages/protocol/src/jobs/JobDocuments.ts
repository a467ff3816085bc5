import { JobAttempt, type JobStore, type Runner, type RunnerJob, WaitingFor } from "@runner-connector/core"
import { DateTime, Option, type Redacted, Schema } from "effect"
import { AnyObject, Moment, Token } from "../http/fields.ts"

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

const StateDocument = Schema.Struct({ id: Schema.Int, label: Schema.String }).annotations({ identifier: "JobState" })

/** A job in the answer to `request`: exactly these three members. */
export const AvailableJob = Schema.Struct({
  uuid: Schema.String,
  type: Schema.String,
  payload: AnyObject
}).annotations({ identifier: "AvailableJob" })
export type AvailableJob = typeof AvailableJob.Type

const jobFields = {
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

/** A job in the answer to `accept`. */
export const AcceptedJob = Schema.Struct({ ...jobFields, jobToken: Token }).annotations({ identifier: "AcceptedJob" })
export type AcceptedJob = typeof AcceptedJob.Type

/** One try of a job; those of runners that are gone still name them. */
export const AttemptDocument = Schema.Struct({
  runner: Schema.String,
  version: Schema.NullOr(Schema.String),
  startedAt: Moment,
  /** Null, as outcome and message are, while it lasts. */
  endedAt: Schema.NullOr(Moment),
  outcome: Schema.NullOr(JobAttempt.AttemptOutcome),
  message: Schema.NullOr(Schema.String)
}).annotations({ identifier: "JobAttempt" })

/** What was tried so far, and why nobody works on the job now. */
const historyFields = {
  /** The first one first. */
  attempts: Schema.Array(AttemptDocument),
  /** A few words, to be read after "waiting for". */
  waitingFor: Schema.NullOr(Schema.String),
  /** Not offered to runners before. */
  retryAt: Schema.NullOr(Moment)
}

/** A job in the list for administrators. */
export const ListedJob = Schema.Struct({
  ...jobFields,
  ...historyFields,
  finishedAt: Schema.optional(Moment),
  privatePayload: AnyObject,
  parent: Schema.optional(
    Schema.Struct({ id: Schema.Int, uuid: Schema.String, type: Schema.String, state: StateDocument })
  )
}).annotations({ identifier: "ListedJob" })
export type ListedJob = typeof ListedJob.Type

export const availableJob = (job: RunnerJob.RunnerJob, payload: unknown): AvailableJob => ({
  uuid: job.id,
  type: job.type,
  payload
})

/** What everybody is shown who is shown a job. */
const jobMembers = (job: RunnerJob.RunnerJob, runner: Option.Option<Runner.Runner>, payload: unknown) => ({
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

export const acceptedJob = (
  job: RunnerJob.RunnerJob,
  runner: Runner.Runner,
  payload: unknown,
  jobToken: Redacted.Redacted<string>
): AcceptedJob => ({ ...jobMembers(job, Option.some(runner), payload), jobToken })

const attemptDocument = ({ end, runner, startedAt, version }: JobAttempt.JobAttempt): typeof AttemptDocument.Type => ({
  runner,
  version: Option.getOrNull(version),
  startedAt: DateTime.formatIso(startedAt),
  ...Option.match(end, {
    onNone: () => ({ endedAt: null, outcome: null, message: null }),
    onSome: ({ at, message, outcome }) => ({
      endedAt: DateTime.formatIso(at),
      outcome,
      message: Option.getOrNull(message)
    })
  })
})

/** What was tried so far, and what `JobAdmin.explain` says of the job. */
export const historyDocument = (job: RunnerJob.RunnerJob, waiting: Option.Option<WaitingFor.WaitingFor>) => ({
  attempts: job.attempts.map(attemptDocument),
  waitingFor: Option.getOrNull(Option.map(waiting, WaitingFor.describe)),
  retryAt: Option.getOrNull(Option.map(job.notBefore, DateTime.formatIso))
})

export const listedJob = (
  job: JobStore.ListedJob,
  {
    payload,
    runner,
    waiting
  }: {
    readonly runner: Option.Option<Runner.Runner>
    readonly payload: unknown
    readonly waiting: Option.Option<WaitingFor.WaitingFor>
  }
): ListedJob => ({
  ...jobMembers(job, runner, payload),
  ...historyDocument(job, waiting),
  ...Option.match(job.finishedAt, { onNone: () => ({}), onSome: (at) => ({ finishedAt: DateTime.formatIso(at) }) }),
  privatePayload: job.privatePayload,
  ...Option.match(job.parent, { onNone: () => ({}), onSome: (parent) => ({ parent: parentDocument(parent) }) })
})

const parentDocument = ({ id, number, state, type }: JobStore.ParentJob) => ({
  id: number,
  uuid: id,
  type,
  state: stateDocuments[state]
})
