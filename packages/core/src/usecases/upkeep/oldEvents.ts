import { Effect } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { EventStore } from "../../ports/EventStore.ts"
import type { Watchdog } from "./watchdog.ts"

/** Small batches keep locks and the write-ahead log short. */
const BATCH = 500
const BATCHES = 20

/** Removes delivered events after their retention. */
export const makeRemoveOldEvents: Effect.Effect<Watchdog, never, EventStore | ConnectorConfig> = Effect.gen(
  function* () {
    const store = yield* EventStore
    const { retentionEvents } = yield* ConnectorConfig
    return store
      .prune(retentionEvents, BATCH)
      .pipe(Effect.repeat({ while: (removed) => removed === BATCH, times: BATCHES - 1 }), Effect.asVoid)
  }
)
