import { Array as Arr, DateTime, type Duration, Option } from "effect"
import type { RunnerId } from "../Ids.ts"
import type { AttemptEnd } from "../job/JobAttempt.ts"
import type { RunnerJob } from "../job/RunnerJob.ts"
import { type Abilities, canRun } from "./Abilities.ts"

/** A runner, as the choice between runners sees it. */
export interface Rival extends Abilities {
  readonly id: RunnerId
  readonly online: boolean
  readonly lastContact: DateTime.Utc
}

/** The moment, and the time without contact after which a runner is offline. */
export interface Presence {
  readonly now: DateTime.Utc
  readonly offlineAfter: Duration.Duration
}

const isPresent = ({ lastContact, online }: Rival, { now, offlineAfter }: Presence): boolean =>
  online || DateTime.greaterThanOrEqualTo(lastContact, DateTime.subtractDuration(now, offlineAfter))

/**
 * The runners to which the job is not offered, of those that failed it: all of them while another runner that is online
 * can do the job, otherwise none.
 */
export const avoidable = (
  job: RunnerJob,
  failed: ReadonlyArray<RunnerId>,
  runners: ReadonlyArray<Rival>,
  presence: Presence
): ReadonlyArray<RunnerId> => {
  const isOther = (runner: Rival) =>
    !failed.includes(runner.id) && isPresent(runner, presence) && canRun(job, runner, presence.now)
  return runners.some(isOther) ? Arr.dedupe(failed) : []
}

/** How the attempt of a runner has just ended. */
interface Ended {
  readonly runnerId: RunnerId
  readonly end: AttemptEnd
}

/** The attempt that has just ended, by the versions of its job before and after. */
const justEnded = (before: RunnerJob, after: RunnerJob): Option.Option<Ended> => {
  const wasOver = Option.exists(Arr.last(before.attempts), ({ end }) => Option.isSome(end))
  const last = Option.flatMap(Arr.last(after.attempts), ({ end }) => end)
  return wasOver ? Option.none() : Option.all({ runnerId: before.runnerId, end: last })
}

/** Whether the end speaks against the runner. A result that the server could not store does not. */
const isFailure = ({ fault, outcome }: AttemptEnd): boolean =>
  outcome === "failed" || outcome === "stalled" || (outcome === "refused" && fault !== undefined)

/** The runner that has just failed the job, with the message. */
export const failedBy = (
  before: RunnerJob,
  after: RunnerJob
): Option.Option<{ readonly runnerId: RunnerId; readonly message: string }> =>
  Option.filterMap(justEnded(before, after), ({ end, runnerId }) =>
    isFailure(end)
      ? Option.some({ runnerId, message: Option.getOrElse(end.message, () => end.outcome) })
      : Option.none()
  )

/** Runners give jobs back when they stop. One that gives a job back again would get it for ever. */
const RETURNS = 2

const hasReturned = ({ attempts }: RunnerJob): boolean => {
  const own = attempts.filter(({ runner }) => Option.exists(Arr.last(attempts), (last) => last.runner === runner))
  return own.filter(({ end }) => Option.exists(end, ({ outcome }) => outcome === "aborted")).length >= RETURNS
}

/** The runner that has just failed the job, or given it back again. The job is to avoid it. */
export const avoidedSince = (before: RunnerJob, after: RunnerJob): Option.Option<RunnerId> =>
  Option.filterMap(justEnded(before, after), ({ end, runnerId }) =>
    isFailure(end) || (end.outcome === "aborted" && hasReturned(after)) ? Option.some(runnerId) : Option.none()
  )
