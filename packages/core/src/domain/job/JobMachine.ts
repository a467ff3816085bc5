import { type DateTime, Either, Option, Schema } from "effect"
import { JobEvent } from "./JobEvent.ts"
import {
  aborted,
  accepted,
  completed,
  ended,
  errored,
  failed,
  interrupted,
  type JobRules,
  progressed,
  revived,
  type Transition,
  to
} from "./JobTransitions.ts"
import { JobState, type RunnerJob, retryableStates } from "./RunnerJob.ts"

export { JobEvent, type JobRules, type Transition }

/** The event cannot happen to a job in this state. */
export class WrongJobState extends Schema.TaggedError<WrongJobState>()("WrongJobState", {
  event: Schema.String,
  state: JobState
}) {
  override get message(): string {
    return `${this.event} cannot happen to a job that is ${this.state}`
  }
}

/**
 * States in which a job can be cancelled. Completing is excluded: cancelling would leave stored files unknown. Children
 * are WaitingForParent, but a host may insert them as Pending, and a job that loses its parent must end. The events of
 * the parent therefore apply in all of these states.
 */
const openStates: ReadonlySet<JobState> = new Set<JobState>(["Pending", "Processing", "WaitingForParent"])

/** States that follow from the end of the parent. A retry of the parent resumes these jobs. */
export const lostItsParent: ReadonlySet<JobState> = new Set<JobState>(["ParentErrored", "ParentCancelled"])

/** States in which the holder can give the job back. */
const held: ReadonlySet<JobState> = new Set<JobState>(["Processing", "Completing"])

/** The state machine of a job. Pure: the same input gives the same output. The store owns the revision. */
export const step = (
  job: RunnerJob,
  event: JobEvent,
  rules: JobRules,
  now: DateTime.Utc
): Either.Either<Transition, WrongJobState> => {
  const when = (allowed: boolean, next: () => Transition): Either.Either<Transition, WrongJobState> =>
    allowed ? Either.right(next()) : Either.left(new WrongJobState({ event: event._tag, state: job.state }))
  const alive: RunnerJob = { ...job, updatedAt: now }

  return JobEvent.$match(event, {
    Accepted: (acceptance) => when(job.state === "Pending", () => accepted(alive, acceptance)),
    Progressed: ({ progress }) => when(job.state === "Processing", () => progressed(alive, progress)),
    ResultReceived: ({ received }) =>
      when(job.state === "Processing", () => to(alive, { state: "Completing", received: Option.some(received) })),
    StoringResumed: () => when(job.state === "Completing", () => to(alive, { interruptions: job.interruptions + 1 })),
    StoringInterrupted: ({ message }) => when(job.state === "Completing", () => interrupted(alive, message, rules)),
    ResultStored: () => when(job.state === "Completing", () => completed(alive)),
    ResultRefused: ({ fault, message }) =>
      when(job.state === "Completing", () => failed(alive, { outcome: "refused", message, fault }, rules)),
    Failed: ({ message }) =>
      when(job.state === "Processing", () => failed(alive, { outcome: "failed", message }, rules)),
    Aborted: ({ message, stalled }) => when(held.has(job.state), () => aborted(alive, stalled, message, rules)),
    Cancelled: () => when(openStates.has(job.state), () => ended(alive, "Cancelled", JobEvent.ParentCancelled())),
    Retried: ({ waits }) => when(rules.abortable && retryableStates.has(job.state), () => revived(alive, waits)),
    ParentCompleted: () => when(job.state === "WaitingForParent", () => to(alive, { state: "Pending" })),
    ParentErrored: () => when(openStates.has(job.state), () => errored(alive, "ParentErrored", "parent error")),
    ParentCancelled: () =>
      when(openStates.has(job.state), () => ended(alive, "ParentCancelled", JobEvent.ParentCancelled())),
    ParentRetried: () => when(lostItsParent.has(job.state), () => revived(alive, Option.isNone(job.renditionId)))
  })
}
