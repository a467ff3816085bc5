import { DateTime, Duration, Either, Option, Schema } from "effect"
import { type AttemptOutcome, beginNext, endLast, isHopeless, type ResultFault, withRunner } from "./JobAttempt.ts"
import { type Acceptance, JobEvent } from "./JobEvent.ts"
import { JobState, type RunnerJob, retryableStates } from "./RunnerJob.ts"

export { JobEvent }

/** The rules that come from the job type and the configuration. */
export interface JobRules {
  /** Whether an attempt can be given back and repeated by another runner. False for lives. */
  readonly abortable: boolean
  /** The failure with this number is final. */
  readonly maxFailures: number
  /** The stall with this number, and each later one, also counts as a failure. */
  readonly maxStalls: number
  /** The backoff after the failure with this number. */
  readonly pauseAfter: (failures: number) => Duration.Duration
}

/** The next version of the job, and the event for the jobs that wait for it. */
export interface Transition {
  readonly job: RunnerJob
  readonly forChildren: Option.Option<JobEvent>
}

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
  const refused = Either.left(new WrongJobState({ event: event._tag, state: job.state }))
  const when = (allowed: boolean, next: () => Transition): Either.Either<Transition, WrongJobState> =>
    allowed ? Either.right(next()) : refused
  const alive: RunnerJob = { ...job, updatedAt: now }

  return JobEvent.$match(event, {
    Accepted: (acceptance) => when(job.state === "Pending", () => accepted(alive, acceptance)),
    Progressed: ({ progress }) =>
      when(job.state === "Processing", () => to(alive, { progress: Option.orElse(progress, () => job.progress) })),
    ResultReceived: () => when(job.state === "Processing", () => to(alive, { state: "Completing" })),
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
    ParentRetried: () => when(lostItsParent.has(job.state), () => revived(alive, true))
  })
}

const to = (job: RunnerJob, patch: Partial<RunnerJob>, forChildren?: JobEvent): Transition => ({
  job: { ...job, ...patch },
  forChildren: Option.fromNullable(forChildren)
})

const accepted = (job: RunnerJob, { jobTokenHash, attemptId, runner, runnerId, version }: Acceptance): Transition =>
  to(job, {
    state: "Processing",
    runnerId: Option.some(runnerId),
    jobTokenHash: Option.some(jobTokenHash),
    attemptId: Option.some(attemptId),
    notBefore: Option.none(),
    startedAt: Option.some(job.updatedAt),
    attempts: beginNext(job.attempts, { runner, version, startedAt: job.updatedAt })
  })

/** How an attempt ends, and why. */
interface Ending {
  readonly outcome: AttemptOutcome
  readonly message?: string
  readonly fault?: ResultFault | undefined
}

/** The job with its current attempt ended. */
const tried = (job: RunnerJob, { fault, message, outcome }: Ending): RunnerJob => ({
  ...job,
  attempts: endLast(job.attempts, {
    ...{ at: job.updatedAt, outcome, message: Option.fromNullable(message) },
    ...(fault === undefined ? {} : { fault })
  })
})

const completed = (job: RunnerJob): Transition =>
  to(
    tried(job, { outcome: "completed" }),
    { state: "Completed", progress: Option.none(), finishedAt: Option.some(job.updatedAt) },
    JobEvent.ParentCompleted()
  )

/** Clears the attempt and keeps the counters and the recorded attempts. */
const untried = {
  jobTokenHash: Option.none(),
  runnerId: Option.none(),
  progress: Option.none(),
  startedAt: Option.none(),
  attemptId: Option.none(),
  uploads: []
} satisfies Partial<RunnerJob>

/** Ready for another runner, at once or after the backoff. */
const retried = (job: RunnerJob, rest = Duration.zero): Transition =>
  to(job, {
    ...untried,
    state: "Pending",
    notBefore: Duration.greaterThan(rest, Duration.zero)
      ? Option.some(DateTime.addDuration(job.updatedAt, rest))
      : Option.none()
  })

/** Ready as if it had never been tried. Keeps the recorded attempts. */
const revived = (job: RunnerJob, waits: boolean): Transition =>
  to(
    job,
    {
      ...untried,
      state: waits ? "WaitingForParent" : "Pending",
      failures: 0,
      stalls: 0,
      error: Option.none(),
      notBefore: Option.none(),
      finishedAt: Option.none()
    },
    JobEvent.ParentRetried()
  )

const failed = (job: RunnerJob, ending: Ending & { readonly message: string }, rules: JobRules): Transition => {
  const counted = tried({ ...job, failures: job.failures + 1 }, ending)
  return rules.abortable && counted.failures < rules.maxFailures && !isHopeless(counted.attempts)
    ? retried(counted, rules.pauseAfter(counted.failures))
    : errored(counted, "Errored", withRunner(ending.message, counted.attempts))
}

/** An orderly abort never costs a failure. Repeated stalls do. */
const aborted = (job: RunnerJob, stalled: boolean, message: string, rules: JobRules): Transition => {
  const counted: RunnerJob = stalled ? { ...job, stalls: job.stalls + 1 } : job
  const outcome = stalled ? "stalled" : "aborted"
  const counts = !rules.abortable || (stalled && counted.stalls >= rules.maxStalls)
  return counts ? failed(counted, { outcome, message }, rules) : retried(tried(counted, { outcome, message }))
}

const errored = (job: RunnerJob, state: "Errored" | "ParentErrored", message: string): Transition =>
  ended({ ...job, error: Option.some(message) }, state, JobEvent.ParentErrored())

/** Clears the token, so that late calls of the runner find nothing. Keeps runner and progress for the record. */
const ended = (job: RunnerJob, state: JobState, forChildren: JobEvent): Transition =>
  to(
    tried(job, { outcome: "cancelled" }),
    { state, jobTokenHash: Option.none(), notBefore: Option.none(), finishedAt: Option.some(job.updatedAt) },
    forChildren
  )
