import { Data, DateTime, Effect, Option } from "effect"
import type { JobId, VideoId } from "../../domain/Ids.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import { isOnAir, stopping } from "../../domain/live/LiveMachine.ts"
import { LiveRtmpHlsTranscoding } from "../../jobs/LiveRtmpHlsTranscoding.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { type Guard, type MovingJobs, makeAdvance } from "../engine/advance.ts"
import { makeKnownVideo } from "../engine/knownVideo.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
import { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { InvalidRequest, type UnknownVideo } from "../errors.ts"

/** A runner has accepted the job, or the job has ended. */
class NotWaiting extends Data.TaggedError("NotWaiting") {}

const whilePending: Guard<NotWaiting> = ({ state }) => (state === "Pending" ? Effect.void : new NotWaiting())

/**
 * Ends the live: at once when no runner plays it yet, otherwise with the next report of its runner. Does nothing to a live
 * that is over.
 */
export type StopLive = (id: VideoId) => Effect.Effect<void, UnknownVideo | InvalidRequest | PersistenceError>

/** `stopLive` over the ports. */
export const makeStopLive: Effect.Effect<StopLive, never, MovingJobs | VideoFinalizer> = Effect.gen(function* () {
  const videos = yield* VideoStore
  const knownVideo = yield* makeKnownVideo
  const jobs = yield* JobStore
  const finalizer = yield* VideoFinalizer
  const { advance } = yield* makeAdvance

  const markStopping = (id: VideoId) =>
    Effect.gen(function* () {
      const video = yield* knownVideo(id)
      if (Option.isNone(video.live)) return yield* new InvalidRequest({ detail: "This video is no live" })
      if (isOnAir(video)) yield* videos.save(stopping(video, yield* DateTime.now), [])
    }).pipe(retryConflicts)

  const cancel = (id: JobId) =>
    advance(id, whilePending, JobEvent.Cancelled()).pipe(
      Effect.flatMap(finalizer.afterJob),
      Effect.catchTag("NotWaiting", "UnknownJob", "WrongJobState", () => Effect.void)
    )

  return spanned("Lives.stopLive")(function* (id: VideoId) {
    yield* markStopping(id)
    const all = yield* jobs.ofVideo(id)
    const lives = all.filter(({ type }) => type === LiveRtmpHlsTranscoding.name)
    yield* Effect.forEach(lives, (job) => cancel(job.id), { discard: true })
  })
})
