import { DateTime, Effect } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { Removal } from "../video/Removal.ts"
import { each, type Watchdog } from "./watchdog.ts"

/** Removes files that were replaced longer than `retiredFor` ago. */
export const makeRemovePendingDeletions: Effect.Effect<Watchdog, never, VideoStore | Removal | ConnectorConfig> =
  Effect.gen(function* () {
    const config = yield* ConnectorConfig
    const videos = yield* VideoStore
    const removal = yield* Removal
    return Effect.gen(function* () {
      const before = DateTime.subtractDuration(yield* DateTime.now, config.retiredFor)
      yield* each(yield* videos.listPendingDeletion(before), (video) => removal.sweep(video, before))
    })
  })
