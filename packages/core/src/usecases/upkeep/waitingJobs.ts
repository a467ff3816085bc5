import { DateTime, Effect } from "effect"
import { JobTypes } from "../../jobs/JobType.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { JobOffers } from "../engine/JobOffers.ts"
import type { Watchdog } from "./watchdog.ts"

/**
 * Reminds runners of available jobs, because runners request jobs only after a ping. The longer a job waits, the more
 * runners are reminded. Finds jobs that became available in another process, or at the end of a rest, too. Runners that
 * process a job may have room for a second one; `onlyIdle` leaves them alone.
 */
export const makeRemindRunners = (options: {
  readonly onlyIdle: boolean
}): Effect.Effect<Watchdog, never, JobTypes | JobOffers | RunnerNotifier> =>
  Effect.gen(function* () {
    const offers = yield* JobOffers
    const notifier = yield* RunnerNotifier
    const types = (yield* JobTypes).all.map((type) => type.name)
    return Effect.gen(function* () {
      const now = yield* DateTime.now
      const available = yield* offers.available({ types, at: now })
      const waited = (since: DateTime.Utc) => Math.max(1, DateTime.distance(since, now))
      yield* notifier.availableJobs(
        available.map(({ since, ...kind }) => ({ ...kind, waited: waited(since), ...options }))
      )
    })
  })
