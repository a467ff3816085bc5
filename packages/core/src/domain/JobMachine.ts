import { Data, type DateTime, Either, Option, Schema } from "effect"
import type { RunnerId, TokenHash } from "./Ids.ts"
import { JobState, type RunnerJob } from "./RunnerJob.ts"

// biome-ignore lint/complexity/noBannedTypes: the shape Data.TaggedEnum asks for when an event carries nothing
type Nothing = {}

/** What can happen to a job. */
export type JobEvent = Data.TaggedEnum<{
  /** A runner took the job; the hash is that of the token made for this try. */
  Accepted: { readonly runnerId: RunnerId; readonly jobTokenHash: TokenHash }
  /** The runner gave a sign of life, perhaps with a percentage. */
  Progressed: { readonly progress: Option.Option<number> }
  /** The result has arrived whole and is about to be stored under names made from this id. */
  ResultReceived: { readonly resultId: string }
  /** The result is stored and can be seen. */
  ResultStored: Nothing
  /** The result could not be stored, or is not what was asked for. */
  ResultRefused: { readonly message: string }
  /** The runner reports that its try failed. */
  Failed: { readonly message: string }
  /**
   * The runner gives the job back, or, when `stalled`, fell silent while holding it; while Completing, the server that
   * stores the result gives it back because it stops.
   */
  Aborted: { readonly stalled: boolean; readonly message: string }
  /** An administrator does not want the job any more. */
  Cancelled: Nothing
  /** The job that this one waits for is completed. */
  ParentCompleted: Nothing
  /** The job that this one waits for ended in error. */
  ParentErrored: Nothing
  /** The job that this one waits for was cancelled. */
  ParentCancelled: Nothing
}>
export const JobEvent = Data.taggedEnum<JobEvent>()

/** What the job type and the configuration decide, never the machine. */
export interface JobRules {
  /** Whether a try can be given up and begun anew by somebody else. Live jobs cannot. */
  readonly abortable: boolean
  /** The failure with this number is final. */
  readonly maxFailures: number
  /** From the stall with this number on, each stall counts as a failure too. */
  readonly maxStalls: number
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
    Accepted: ({ jobTokenHash, runnerId }) =>
      when(job.state === "Pending", () => accepted(alive, runnerId, jobTokenHash)),
    Progressed: ({ progress }) =>
      when(job.state === "Processing", () => to(alive, { progress: Option.orElse(progress, () => job.progress) })),
    ResultReceived: ({ resultId }) =>
      when(job.state === "Processing", () => to(alive, { state: "Completing", resultId: Option.some(resultId) })),
    ResultStored: () => when(job.state === "Completing", () => completed(alive)),
    ResultRefused: ({ message }) => when(job.state === "Completing", () => failed(alive, message, rules)),
    Failed: ({ message }) => when(job.state === "Processing", () => failed(alive, message, rules)),
    Aborted: ({ message, stalled }) => when(held.has(job.state), () => aborted(alive, stalled, message, rules)),
    Cancelled: () => when(openStates.has(job.state), () => ended(alive, "Cancelled", JobEvent.ParentCancelled())),
    ParentCompleted: () => when(job.state === "WaitingForParent", () => to(alive, { state: "Pending" })),
    ParentErrored: () => when(openStates.has(job.state), () => errored(alive, "ParentErrored", "parent error")),
    ParentCancelled: () =>
      when(openStates.has(job.state), () => ended(alive, "ParentCancelled", JobEvent.ParentCancelled()))
  })
}

const to = (job: RunnerJob, patch: Partial<RunnerJob>, forChildren?: JobEvent): Transition => ({
  job: { ...job, ...patch },
  forChildren: Option.fromNullable(forChildren)
})

const accepted = (job: RunnerJob, runnerId: RunnerId, jobTokenHash: TokenHash): Transition =>
  to(job, {
    state: "Processing",
    runnerId: Option.some(runnerId),
    jobTokenHash: Option.some(jobTokenHash),
    startedAt: Option.some(job.updatedAt)
  })

const completed = (job: RunnerJob): Transition =>
  to(
    job,
    { state: "Completed", progress: Option.none(), finishedAt: Option.some(job.updatedAt) },
    JobEvent.ParentCompleted()
  )

/** Ready for somebody else: nothing of the last try is left but the counts. */
const retried = (job: RunnerJob): Transition =>
  to(job, {
    state: "Pending",
    jobTokenHash: Option.none(),
    runnerId: Option.none(),
    progress: Option.none(),
    startedAt: Option.none(),
    resultId: Option.none()
  })

const failed = (job: RunnerJob, message: string, rules: JobRules): Transition => {
  const counted: RunnerJob = { ...job, failures: job.failures + 1 }
  return rules.abortable && counted.failures < rules.maxFailures
    ? retried(counted)
    : errored(counted, "Errored", message)
}

/** A runner that stops in good order never costs a failure; one that keeps falling silent does in the end. */
const aborted = (job: RunnerJob, stalled: boolean, message: string, rules: JobRules): Transition => {
  const counted: RunnerJob = stalled ? { ...job, stalls: job.stalls + 1 } : job
  const counts = !rules.abortable || (stalled && counted.stalls >= rules.maxStalls)
  return counts ? failed(counted, message, rules) : retried(counted)
}

const errored = (job: RunnerJob, state: "Errored" | "ParentErrored", message: string): Transition =>
  ended({ ...job, error: Option.some(message) }, state, JobEvent.ParentErrored())

/** The token goes, so that late calls of the runner find nothing; who held the job and how far it came stay to be read. */
const ended = (job: RunnerJob, state: JobState, forChildren: JobEvent): Transition =>
  to(job, { state, jobTokenHash: Option.none(), finishedAt: Option.some(job.updatedAt) }, forChildren)
