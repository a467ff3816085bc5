import { Effect } from "effect"
import type { VideoId } from "../../domain/Ids.ts"
import type { Video } from "../../domain/video/Video.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { UnknownVideo } from "../errors.ts"

/** Finds a video that must exist. */
export const makeKnownVideo: Effect.Effect<
  (id: VideoId) => Effect.Effect<Video, UnknownVideo | PersistenceError>,
  never,
  VideoStore
> = Effect.map(
  VideoStore,
  (videos) => (id) =>
    Effect.flatMap(
      videos.find(id),
      Effect.mapError(() => new UnknownVideo())
    )
)
