import { Context, DateTime, Effect, FiberMap, Layer, Option } from "effect"
import type { VideoId } from "../../domain/Ids.ts"
import { haveEnded, isTerminal, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import { isReplayDue } from "../../domain/live/LiveMachine.ts"
import { ended } from "../../domain/video/VideoMachine.ts"
import { ConnectorHooks, heard } from "../../ports/ConnectorHooks.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { Replays } from "../live/Replays.ts"
import { AfterCommit } from "./AfterCommit.ts"
import { retryConflicts } from "./retryConflicts.ts"
import { makeVideoWritten } from "./written.ts"

/** Notices that a video has ended. */
export class VideoFinalizer extends Context.Tag("@runner-connector/core/VideoFinalizer")<
  VideoFinalizer,
  {
    /**
     * Marks the video as ended when none of its jobs is open, and then tells the host. Called after every end of a
     * job, by whoever caused it; of several callers exactly one tells. A live that is to become a video has not ended
     * yet: the video is made of it behind the call.
     */
    readonly finalize: (id: VideoId) => Effect.Effect<void, PersistenceError>
    /** The same for the video of this job, if it has one and the job has ended. Never fails: upkeep tries again. */
    readonly afterJob: (job: RunnerJob) => Effect.Effect<void>
  }
>() {}

const make = Effect.gen(function* () {
  const jobs = yield* JobStore
  const videos = yield* VideoStore
  const hooks = yield* ConnectorHooks
  const replays = yield* Replays
  const afterCommit = yield* AfterCommit
  const wasWritten = yield* makeVideoWritten
  const running = yield* FiberMap.make<VideoId>()

  const replay = (id: VideoId): Effect.Effect<unknown> =>
    FiberMap.run(
      running,
      id,
      Effect.catchAllCause(Effect.zipRight(replays.make(id), finalize(id)), (cause) =>
        Effect.logWarning("A live could not be made a video now; upkeep will try again", cause)
      ),
      { onlyIfMissing: true }
    )

  const finalize: VideoFinalizer["Type"]["finalize"] = Effect.fn("VideoFinalizer.finalize")(function* (id: VideoId) {
    const video = yield* videos.find(id)
    if (Option.isNone(video) || Option.isSome(video.value.endedAt)) return
    const all = yield* jobs.ofVideo(id)
    if (!haveEnded(all)) return
    if (isReplayDue(video.value)) return yield* Effect.asVoid(replay(id))
    const finalized = ended(video.value, all, yield* DateTime.now)
    const becamePlayable = video.value.state !== "Published" && finalized.state === "Published"
    const tell = Effect.zipRight(
      becamePlayable ? heard(hooks.videoPlayable(finalized)) : Effect.void,
      heard(hooks.transcodingEnded(finalized))
    )
    const log = Effect.annotateLogs(Effect.logInfo("A video has ended"), { video: id, state: finalized.state })
    yield* afterCommit.run({
      write: videos.save(finalized, []),
      written: wasWritten(finalized),
      effects: () => Effect.zipRight(log, tell)
    })
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

/** The end of videos, over the ports. */
export const layer: Layer.Layer<VideoFinalizer, never, JobStore | VideoStore | Replays | AfterCommit> = Layer.scoped(
  VideoFinalizer,
  make
)
