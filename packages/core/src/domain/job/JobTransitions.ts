import { DateTime, Duration, Equivalence, Option } from "effect"
import { type AttemptOutcome, beginNext, endLast, isHopeless, type ResultFault, withRunner } from "./JobAttempt.ts"
import { type Acceptance, JobEvent } from "./JobEvent.ts"
import type { JobState, RunnerJob } from "./RunnerJob.ts"

/** The rules that come from the job type and the configuration. */
export interface JobRules {
  /** Whether an attempt can be given back and repeated by another runner. False for lives. */
  readonly abortable: boolean
  /** The failure with this number is final. */
  readonly maxFailures: number
  /** The stall with this number, and each later one, also counts as a failure. */
  readonly maxStalls: number
  /** The interruption of storing with this number, and each later one, also counts as a failure. */
  readonly maxInterruptions: number
  /** The backoff after the failure with this number. */
  readonly pauseAfter: (failures: number) => Duration.Duration
}

/** The next version of the job, and the event for the jobs that wait for it. */
export interface Transition {
  readonly job: RunnerJob
  readonly forChildren: Option.Option<JobEvent>
}

/** The job with the patch, and the event for the jobs that wait for it. */
export const to = (job: RunnerJob, patch: Partial<RunnerJob>, forChildren?: JobEvent): Transition => ({
  job: { ...job, ...patch },
  forChildren: Option.fromNullable(forChildren)
})

/** A runner holds the job. */
export const accepted = (
  job: RunnerJob,
  { jobTokenHash, attemptId, runner, runnerId, version }: Acceptance
): Transition =>
  to(job, {
    state: "Processing",
    runnerId: Option.some(runnerId),
    jobTokenHash: Option.some(jobTokenHash),
    attemptId: Option.some(attemptId),
    notBefore: Option.none(),
    startedAt: Option.some(job.updatedAt),
    progressedAt: Option.some(job.updatedAt),
    attempts: beginNext(job.attempts, { runner, version, startedAt: job.updatedAt })
  })

/** The job with the reported progress. A report without one keeps the last. */
export const progressed = (job: RunnerJob, reported: Option.Option<number>): Transition => {
  const progress = Option.orElse(reported, () => job.progress)
  const isSame = Option.getEquivalence(Equivalence.number)(progress, job.progress)
  return to(job, { progress, progressedAt: isSame ? job.progressedAt : Option.some(job.updatedAt) })
}

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

/** The result is published. */
export const completed = (job: RunnerJob): Transition =>
  to(
    tried(job, { outcome: "completed" }),
    { state: "Completed", progress: Option.none(), received: Option.none(), finishedAt: Option.some(job.updatedAt) },
    JobEvent.ParentCompleted()
  )

/** Clears the attempt and keeps the counters and the recorded attempts. */
const untried = {
  jobTokenHash: Option.none(),
  runnerId: Option.none(),
  progress: Option.none(),
  startedAt: Option.none(),
  progressedAt: Option.none(),
  attemptId: Option.none(),
  uploads: [],
  received: Option.none()
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
export const revived = (job: RunnerJob, waits: boolean): Transition =>
  to(
    job,
    {
      ...untried,
      state: waits ? "WaitingForParent" : "Pending",
      failures: 0,
      avoided: [],
      stalls: 0,
      interruptions: 0,
      error: Option.none(),
      notBefore: Option.none(),
      finishedAt: Option.none()
    },
    JobEvent.ParentRetried()
  )

/** The attempt has failed. The job is Pending again unless that was its last attempt. */
export const failed = (job: RunnerJob, ending: Ending & { readonly message: string }, rules: JobRules): Transition => {
  const counted = tried({ ...job, failures: job.failures + 1 }, ending)
  return rules.abortable && counted.failures < rules.maxFailures && !isHopeless(counted.attempts)
    ? retried(counted, rules.pauseAfter(counted.failures))
    : errored(counted, "Errored", withRunner(ending.message, counted.attempts))
}

/** An orderly abort never costs a failure. Repeated stalls do. */
export const aborted = (job: RunnerJob, stalled: boolean, message: string, rules: JobRules): Transition => {
  const counted: RunnerJob = stalled ? { ...job, stalls: job.stalls + 1 } : job
  const outcome = stalled ? "stalled" : "aborted"
  const counts = !rules.abortable || (stalled && counted.stalls >= rules.maxStalls)
  return counts ? failed(counted, { outcome, message }, rules) : retried(tried(counted, { outcome, message }))
}

/** A dead server is no fault of the runner. A result that kills every server that stores it fails in the end. */
export const interrupted = (job: RunnerJob, message: string, rules: JobRules): Transition => {
  const counted: RunnerJob = { ...job, interruptions: job.interruptions + 1 }
  return !rules.abortable || counted.interruptions >= rules.maxInterruptions
    ? failed(counted, { outcome: "interrupted", message }, rules)
    : retried(tried(counted, { outcome: "interrupted", message }))
}

/** The job ends in error. */
export const errored = (job: RunnerJob, state: "Errored" | "ParentErrored", message: string): Transition =>
  ended({ ...job, error: Option.some(message) }, state, JobEvent.ParentErrored())

/** Clears the token, so that late calls of the runner find nothing. Keeps runner and progress for the record. */
export const ended = (job: RunnerJob, state: JobState, forChildren: JobEvent): Transition =>
  to(
    tried(job, { outcome: "cancelled" }),
    {
      state,
      jobTokenHash: Option.none(),
      received: Option.none(),
      notBefore: Option.none(),
      finishedAt: Option.some(job.updatedAt)
    },
    forChildren
  )
