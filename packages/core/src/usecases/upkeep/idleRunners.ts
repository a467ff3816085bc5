import { DateTime, Effect } from "effect"
import { JobTypes } from "../../jobs/JobType.ts"
import { JobStore } from "../../ports/JobStore.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import type { Watchdog } from "./watchdog.ts"

/** Pings idle runners while a job is available, because runners request jobs only after a ping. */
export const makePingIdleRunners: Effect.Effect<Watchdog, never, JobTypes | JobStore | RunnerNotifier> = Effect.gen(
  function* () {
    const types = yield* JobTypes
    const jobs = yield* JobStore
    const notifier = yield* RunnerNotifier
    return Effect.gen(function* () {
      const available = yield* jobs.listAvailable({
        types: types.all.map((type) => type.name),
        limit: 1,
        at: yield* DateTime.now
      })
      if (available.length > 0) yield* notifier.availableJobs
    })
  }
)
