import { Array as Arr, Option } from "effect"
import type { JobAttempt } from "../job/JobAttempt.ts"
import { isTerminal, JobState, type RunnerJob } from "../job/RunnerJob.ts"
import type { NewEvent } from "./Event.ts"

/** A written job and its previous state. Undefined: the job is new. */
export interface JobChange {
  readonly before: JobState | undefined
  readonly after: RunnerJob
}

type End = Option.Option.Value<JobAttempt["end"]>

const inHand: ReadonlySet<JobState | undefined> = new Set<JobState | undefined>(["Processing", "Completing"])

/** Outcomes that a runner or a server caused. An aborted attempt is not a failure. */
const failures: ReadonlySet<End["outcome"]> = new Set<End["outcome"]>(["failed", "refused", "stalled", "interrupted"])

const endOf = ({ attempts }: RunnerJob): Option.Option<End> => Option.flatMap(Arr.last(attempts), ({ end }) => end)

const baseOf = ({ id, runnerId, updatedAt, videoId }: RunnerJob) => ({
  occurredAt: updatedAt,
  videoId,
  jobId: Option.some(id),
  runnerId
})

/** The failure of the attempt that this write ended, if it failed. */
const failureOf = ({ after, before }: JobChange): ReadonlyArray<NewEvent> => {
  const isFinal = after.state === "Errored" || after.state === "ParentErrored"
  const end = inHand.has(before) ? endOf(after) : Option.none<End>()
  if (!isFinal && !Option.exists(end, ({ outcome }) => after.state === "Pending" && failures.has(outcome))) return []
  const text = Option.orElse(isFinal ? after.error : Option.none<string>(), () =>
    Option.flatMap(end, ({ message }) => message)
  )
  const data = {
    type: after.type,
    outcome: Option.getOrNull(Option.map(end, ({ outcome }) => outcome)),
    final: isFinal,
    message: Option.getOrElse(text, () => "")
  }
  return [{ ...baseOf(after), type: "job.failed", data }]
}

const entered: Partial<Record<JobState, "job.pending" | "job.accepted" | "job.completed" | "job.cancelled">> = {
  Pending: "job.pending",
  Processing: "job.accepted",
  Completed: "job.completed",
  Cancelled: "job.cancelled",
  ParentCancelled: "job.cancelled"
}

/** The events of a written job. None when it stays in its state, and for imported jobs that ended elsewhere. */
export const jobEvents = (change: JobChange): ReadonlyArray<NewEvent> => {
  const { after, before } = change
  if (before === after.state || (before === undefined && isTerminal(after))) return []
  const type = entered[after.state]
  const failure = failureOf(change)
  return type === undefined ? failure : [...failure, { ...baseOf(after), type, data: { type: after.type } }]
}

/** The states before a write of this job that bring events, in groups whose states bring the same ones. */
export const statesBefore = (after: RunnerJob): ReadonlyArray<ReadonlyArray<JobState>> => {
  const others = JobState.literals.filter((before) => before !== after.state)
  const held = others.filter((before) => inHand.has(before))
  // It only counts whether a failed attempt was in hand.
  const isAlike = failureOf({ before: held[0], after }).length === 0
  return isAlike ? [others] : [held, others.filter((before) => !inHand.has(before))]
}
