import { Effect } from "effect"
import { VideoStore } from "../../ports/VideoStore.ts"
import { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { each, type Watchdog } from "./watchdog.ts"

/** Finalizes videos whose server died after the last job had ended. */
export const makeFinalizeVideos: Effect.Effect<Watchdog, never, VideoStore | VideoFinalizer> = Effect.gen(function* () {
  const videos = yield* VideoStore
  const finalizer = yield* VideoFinalizer
  return Effect.flatMap(videos.listUnfinalized, (unfinalized) =>
    each(unfinalized, (video) => finalizer.finalize(video.id))
  )
})
