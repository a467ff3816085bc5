import { DateTime, Duration, Either, Option, Schema } from "effect"
import { type AttemptOutcome, beginNext, endLast, withRunner } from "./JobAttempt.ts"
import { type Acceptance, JobEvent } from "./JobEvent.ts"
import { JobState, type RunnerJob, retryableStates } from "./RunnerJob.ts"

export { JobEvent }

/** What the job type and the configuration decide, never the machine. */
export interface JobRules {
  /** Whether a try can be given up and begun anew by somebody else. Live jobs cannot. */
  readonly abortable: boolean
  /** The failure with this number is final. */
  readonly maxFailures: number
  /** From the stall with this number on, each stall counts as a failure too. */
  readonly maxStalls: number
  /** How long the job rests after the failure with this number. */
  readonly pauseAfter: (failures: number) => Duration.Duration
}

/** The next version of the job, and the event that everything waiting for it must hear of. */
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
 * States out of which a job can be cancelled. Completing is not one of them: the result is being stored, and taking
 * the job away would leave files that nobody knows of. A child of an unfinished parent is WaitingForParent, but a host
 * may have inserted it as Pending; whoever loses its parent must end, so the parent's end is heard in all of them.
 */
const openStates: ReadonlySet<JobState> = new Set<JobState>(["Pending", "Processing", "WaitingForParent"])

/** States that a job is in because of the end of the job it waited for; it is taken up again with that one. */
export const lostItsParent: ReadonlySet<JobState> = new Set<JobState>(["ParentErrored", "ParentCancelled"])

/** States in which somebody holds the job and can give it back. */
const held: ReadonlySet<JobState> = new Set<JobState>(["Processing", "Completing"])

/** The whole life of a job. Pure: the same input gives the same output. The revision is the store's and is not touched. */
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
    ResultRefused: ({ message }) => when(job.state === "Completing", () => failed(alive, "refused", message, rules)),
    Failed: ({ message }) => when(job.state === "Processing", () => failed(alive, "failed", message, rules)),
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

/** The job with its current try over. */
const tried = (job: RunnerJob, outcome: AttemptOutcome, message?: string): RunnerJob => ({
  ...job,
  attempts: endLast(job.attempts, job.updatedAt, outcome, Option.fromNullable(message))
})

const completed = (job: RunnerJob): Transition =>
  to(
    tried(job, "completed"),
    { state: "Completed", progress: Option.none(), finishedAt: Option.some(job.updatedAt) },
    JobEvent.ParentCompleted()
  )

/** Nothing of a try but the counts and the record of it. */
const untried = {
  jobTokenHash: Option.none(),
  runnerId: Option.none(),
  progress: Option.none(),
  startedAt: Option.none(),
  attemptId: Option.none(),
  uploads: []
} satisfies Partial<RunnerJob>

/** Ready for somebody else, at once or after a rest. */
const retried = (job: RunnerJob, rest = Duration.zero): Transition =>
  to(job, {
    ...untried,
    state: "Pending",
    notBefore: Duration.greaterThan(rest, Duration.zero)
      ? Option.some(DateTime.addDuration(job.updatedAt, rest))
      : Option.none()
  })

/** As if it had never been tried, but for the record. */
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

const failed = (job: RunnerJob, outcome: AttemptOutcome, message: string, rules: JobRules): Transition => {
  const counted = tried({ ...job, failures: job.failures + 1 }, outcome, message)
  return rules.abortable && counted.failures < rules.maxFailures
    ? retried(counted, rules.pauseAfter(counted.failures))
    : errored(counted, "Errored", withRunner(message, counted.attempts))
}

/** A runner that stops in good order never costs a failure; one that keeps falling silent does in the end. */
const aborted = (job: RunnerJob, stalled: boolean, message: string, rules: JobRules): Transition => {
  const counted: RunnerJob = stalled ? { ...job, stalls: job.stalls + 1 } : job
  const outcome = stalled ? "stalled" : "aborted"
  const counts = !rules.abortable || (stalled && counted.stalls >= rules.maxStalls)
  return counts ? failed(counted, outcome, message, rules) : retried(tried(counted, outcome, message))
}

const errored = (job: RunnerJob, state: "Errored" | "ParentErrored", message: string): Transition =>
  ended({ ...job, error: Option.some(message) }, state, JobEvent.ParentErrored())

/** The token goes, so that late calls of the runner find nothing; who held the job and how far it came stay to be read. */
const ended = (job: RunnerJob, state: JobState, forChildren: JobEvent): Transition =>
  to(
    tried(job, "cancelled"),
    { state, jobTokenHash: Option.none(), notBefore: Option.none(), finishedAt: Option.some(job.updatedAt) },
    forChildren
  )
