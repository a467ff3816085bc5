import { Array as Arr, DateTime, type Duration, Option } from "effect"
import type { RunnerId } from "../Ids.ts"
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

/** The outcomes that speak against a runner. */
const failures: ReadonlySet<string> = new Set(["failed", "refused", "stalled"])

/** The runner that has just failed the job, by its versions before and after the attempt, with the message. */
export const failedBy = (
  before: RunnerJob,
  after: RunnerJob
): Option.Option<{ readonly runnerId: RunnerId; readonly message: string }> =>
  Option.flatMap(Option.all([before.runnerId, Arr.last(after.attempts)]), ([runnerId, { end }]) =>
    Option.filterMap(end, ({ message, outcome }) => {
      const isOver = Arr.last(before.attempts).pipe(Option.exists((last) => Option.isSome(last.end)))
      return isOver || !failures.has(outcome)
        ? Option.none()
        : Option.some({ runnerId, message: Option.getOrElse(message, () => outcome) })
    })
  )
