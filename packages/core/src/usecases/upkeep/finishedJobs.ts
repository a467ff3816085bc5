import { DateTime, Effect, Option } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { JobQueue } from "../../ports/JobQueue.ts"
import type { Watchdog } from "./watchdog.ts"

/** Small batches keep locks and the write-ahead log short. */
const BATCH = 500
const BATCHES = 20

/** Removes finished jobs after their retention, if they have one. */
export const makeRemoveFinishedJobs: Effect.Effect<Watchdog, never, JobQueue | ConnectorConfig> = Effect.gen(
  function* () {
    const queue = yield* JobQueue
    const { retentionJobs } = yield* ConnectorConfig
    if (Option.isNone(retentionJobs)) return Effect.void
    return Effect.flatMap(DateTime.now, (now) =>
      queue
        .prune(DateTime.subtractDuration(now, retentionJobs.value), BATCH)
        .pipe(Effect.repeat({ while: (removed) => removed === BATCH, times: BATCHES - 1 }), Effect.asVoid)
    )
  }
)
