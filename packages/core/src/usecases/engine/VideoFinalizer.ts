import { Context, DateTime, Effect, FiberMap, Layer, Option } from "effect"
import { dueRenditions } from "../../domain/chunk/Growth.ts"
import type { VideoId } from "../../domain/Ids.ts"
import { haveEnded, isTerminal, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import { isReplayDue } from "../../domain/live/LiveMachine.ts"
import { isGrowing } from "../../domain/video/ChunkEnd.ts"
import type { Video } from "../../domain/video/Video.ts"
import { ended } from "../../domain/video/VideoMachine.ts"
import type { FileStorageError } from "../../ports/FileStorage.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { Growing } from "../chunks/Growing.ts"
import { Replays } from "../live/Replays.ts"
import { AfterCommit } from "./AfterCommit.ts"
import { retryConflicts } from "./retryConflicts.ts"
import { makeVideoWritten } from "./written.ts"

/** Ends videos whose jobs have ended. */
export class VideoFinalizer extends Context.Tag("@runner-connector/core/VideoFinalizer")<
  VideoFinalizer,
  {
    /**
     * Marks the video as ended when none of its awaited jobs is open, in one write. Called after every end of a job. A
     * live whose replay is due has not ended yet: the replay is made in the background. Before that, it extends the
     * playlists of renditions that have new chunks.
     */
    readonly finalize: (id: VideoId) => Effect.Effect<void, FileStorageError | PersistenceError>
    /** Finalizes the video of this job, if it has one and the job has ended. Never fails: upkeep tries again. */
    readonly afterJob: (job: RunnerJob) => Effect.Effect<void>
  }
>() {}

/** Marks the video as ended. */
const makeEnd = Effect.gen(function* () {
  const videos = yield* VideoStore
  const afterCommit = yield* AfterCommit
  const wasWritten = yield* makeVideoWritten

  return Effect.fnUntraced(function* (video: Video, jobs: ReadonlyArray<RunnerJob>) {
    const finalized = ended(video, jobs, yield* DateTime.now)
    yield* afterCommit.run({
      write: videos.save(finalized, []),
      written: wasWritten(finalized),
      effects: () => Effect.void
    })
  })
})

/** Finds a video that has not ended, after its playlists have grown. */
const makeGrown = Effect.gen(function* () {
  const videos = yield* VideoStore
  const growing = yield* Growing
  return Effect.fnUntraced(function* (id: VideoId) {
    const found = Option.filter(yield* videos.find(id), ({ endedAt }) => Option.isNone(endedAt))
    if (!Option.exists(found, (video) => dueRenditions(video).length > 0)) return found
    yield* growing.grow(id)
    return yield* videos.find(id)
  })
})

const make = Effect.gen(function* () {
  const jobs = yield* JobStore
  const replays = yield* Replays
  const grown = yield* makeGrown
  const end = yield* makeEnd
  const running = yield* FiberMap.make<VideoId>()

  const replay = (id: VideoId): Effect.Effect<unknown> =>
    FiberMap.run(
      running,
      id,
      Effect.catchAllCause(Effect.zipRight(replays.make(id), finalize(id)), (cause) =>
        Effect.logWarning("A replay could not be made now; upkeep will try again", cause)
      ),
      { onlyIfMissing: true }
    )

  const finalize: VideoFinalizer["Type"]["finalize"] = spanned("VideoFinalizer.finalize")(function* (id: VideoId) {
    const video = yield* grown(id)
    if (Option.isNone(video)) return
    const all = yield* jobs.ofVideo(id)
    if (!haveEnded(all)) return
    if (isReplayDue(video.value)) return yield* Effect.asVoid(replay(id))
    if (!isGrowing(video.value)) yield* end(video.value, all)
  }, retryConflicts)

  return VideoFinalizer.of({
    finalize,
    afterJob: (job) =>
      Option.isSome(job.videoId) && isTerminal(job)
        ? Effect.catchAllCause(finalize(job.videoId.value), (cause) =>
            Effect.logWarning("A video could not be finalized now; upkeep will try again", cause)
          )
        : Effect.void
  })
})

/** The end of videos over the ports. */
export const layer: Layer.Layer<VideoFinalizer, never, JobStore | VideoStore | Replays | Growing | AfterCommit> =
  Layer.scoped(VideoFinalizer, make)
