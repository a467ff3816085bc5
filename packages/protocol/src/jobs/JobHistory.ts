import { JobAttempt, type RunnerJob, WaitingFor } from "@runner-connector/core"
import { DateTime, Option, Schema } from "effect"
import { Moment } from "../http/fields.ts"

/** One attempt at a job. It names its runner even after that runner was removed. */
export const AttemptDocument = Schema.Struct({
  runner: Schema.String,
  version: Schema.NullOr(Schema.String),
  startedAt: Moment,
  /** Null while the attempt runs, as are `outcome` and `message`. */
  endedAt: Schema.NullOr(Moment),
  outcome: Schema.NullOr(JobAttempt.AttemptOutcome),
  message: Schema.NullOr(Schema.String)
}).annotations({ identifier: "JobAttempt" })

/** The members about attempts so far, and about the reason why the job waits. */
export const historyFields = {
  /** Oldest first. */
  attempts: Schema.Array(AttemptDocument),
  /** A noun phrase that completes "waiting for". */
  waitingFor: Schema.NullOr(Schema.String),
  /** Runners are not offered the job before this moment. */
  retryAt: Schema.NullOr(Moment)
}

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

/** Returns the attempts of the job and the reason from `JobAdmin.explain`. */
export const historyDocument = (job: RunnerJob.RunnerJob, waiting: Option.Option<WaitingFor.WaitingFor>) => ({
  attempts: job.attempts.map(attemptDocument),
  waitingFor: Option.getOrNull(Option.map(waiting, WaitingFor.describe)),
  retryAt: Option.getOrNull(Option.map(job.notBefore, DateTime.formatIso))
})
