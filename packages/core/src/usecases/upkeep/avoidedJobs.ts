import { DateTime, Effect } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { avoidable } from "../../domain/runner/Avoidance.ts"
import { demandOf } from "../../domain/runner/RunnerDemand.ts"
import { JobQueue } from "../../ports/JobQueue.ts"
import { JobStore } from "../../ports/JobStore.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { RunnerStore } from "../../ports/RunnerStore.ts"
import { each, type Watchdog } from "./watchdog.ts"

type Requirements = ConnectorConfig | JobQueue | JobStore | RunnerNotifier | RunnerStore

/**
 * Offers jobs again to runners that failed them when no other runner that is online can do them. A job therefore never
 * waits for a runner that is offline.
 */
export const makeLiftAvoidance: Effect.Effect<Watchdog, never, Requirements> = Effect.gen(function* () {
  const queue = yield* JobQueue
  const store = yield* JobStore
  const notifier = yield* RunnerNotifier
  const runners = yield* RunnerStore
  const { offlineAfter } = yield* ConnectorConfig

  return Effect.gen(function* () {
    const jobs = yield* queue.avoiding
    if (jobs.length === 0) return
    const presence = { now: yield* DateTime.now, offlineAfter }
    const workloads = yield* runners.workloads()
    const lifted = jobs.filter((job) => avoidable(job, job.avoided, workloads, presence).length === 0)
    yield* each(lifted, (job) => {
      const free = { ...job, avoided: [], updatedAt: presence.now }
      return store.commit([free]).pipe(
        Effect.zipRight(notifier.availableJobs(demandOf([free]))),
        // Another process has changed the job. The next round looks at it again.
        Effect.catchTag("JobConflict", () => Effect.void)
      )
    })
  })
})
