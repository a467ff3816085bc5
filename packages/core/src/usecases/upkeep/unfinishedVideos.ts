import { DateTime, Effect } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { isCutting } from "../../domain/chunk/Growth.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { Cutting } from "../chunks/Cutting.ts"
import { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { each, type Watchdog } from "./watchdog.ts"

/**
 * Finalizes videos whose server died after the last job had ended. Continues to cut sources, and to write growing playlists,
 * where a server died.
 */
export const makeFinalizeVideos: Effect.Effect<
  Watchdog,
  never,
  VideoStore | VideoFinalizer | Cutting | ConnectorConfig
> = Effect.gen(function* () {
  const { completionSilence } = yield* ConnectorConfig
  const videos = yield* VideoStore
  const finalizer = yield* VideoFinalizer
  const cutting = yield* Cutting
  return Effect.gen(function* () {
    const silentSince = DateTime.subtractDuration(yield* DateTime.now, completionSilence)
    yield* each(yield* videos.listUnfinalized(silentSince), (video) =>
      Effect.zipRight(isCutting(video) ? cutting.start(video.id) : Effect.void, finalizer.finalize(video.id))
    )
  })
})
