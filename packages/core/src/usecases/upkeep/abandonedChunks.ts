import { DateTime, Duration, Effect } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { dueRenditions, isCutting } from "../../domain/chunk/Growth.ts"
import type { Video } from "../../domain/video/Video.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { Cutting } from "../chunks/Cutting.ts"
import { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { each, type Watchdog } from "./watchdog.ts"

/** Continues to cut sources, and to write growing playlists, where a server died. */
export const makeContinueChunks: Effect.Effect<
  Watchdog,
  never,
  VideoStore | Cutting | VideoFinalizer | ConnectorConfig
> = Effect.gen(function* () {
  const { completionSilence } = yield* ConnectorConfig
  const videos = yield* VideoStore
  const cutting = yield* Cutting
  const finalizer = yield* VideoFinalizer

  const resume = (video: Video) =>
    Effect.gen(function* () {
      if (isCutting(video)) yield* cutting.start(video.id)
      if (dueRenditions(video).length > 0) yield* finalizer.finalize(video.id)
    })

  return Effect.gen(function* () {
    const before = DateTime.subtractDuration(yield* DateTime.now, Duration.times(completionSilence, 1))
    yield* each(yield* videos.listSilentChunks(before), resume)
  })
})
