import { type Array as Arr, Effect, Option } from "effect"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import type { NewVideo, Video } from "../../domain/video/Video.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { VideoStore } from "../../ports/VideoStore.ts"

/** Adds a new video. A lost connection can hide a write that was made: a later read shows it. */
export const makeInsertSurely: Effect.Effect<
  (video: NewVideo, jobs: Arr.NonEmptyReadonlyArray<RunnerJob>) => Effect.Effect<Video, PersistenceError>,
  never,
  VideoStore
> = Effect.map(
  VideoStore,
  (videos) => (video, jobs) =>
    Effect.catchAll(videos.insert(video, jobs), (error) =>
      Effect.flatMap(
        videos.find(video.id),
        Option.match({ onNone: () => Effect.fail(error), onSome: (stored) => Effect.succeed(stored) })
      )
    )
)
