import { Context, DateTime, Effect, Either, Layer, Option } from "effect"
import type { VideoId } from "../../domain/Ids.ts"
import { reprioritized } from "../../domain/job/JobsOfVideo.ts"
import { isTerminal, type RunnerJob, retryableStates } from "../../domain/job/RunnerJob.ts"
import type { Metadata } from "../../domain/video/HostData.ts"
import type { Video } from "../../domain/video/Video.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { makeKnownVideo } from "../engine/knownVideo.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
import type { RetryRefused, UnknownVideo } from "../errors.ts"
import { JobAdmin } from "./JobAdmin.ts"

/** The changes of a video by an administrator. Absent members stay as they are. */
export interface VideoChange {
  /** None removes the title. */
  readonly title?: Option.Option<string>
  /** Replaces the metadata as a whole. */
  readonly metadata?: Metadata
  /** From -10 to 10. Higher runs first. */
  readonly priority?: number
}

type Jobs<E> = Effect.Effect<ReadonlyArray<RunnerJob>, UnknownVideo | PersistenceError | E>

/** The calls of administrators about videos. */
export class VideoAdmin extends Context.Tag("@runner-connector/core/VideoAdmin")<
  VideoAdmin,
  {
    /** A new priority also moves the jobs of the video that are not completed, in the same write. */
    readonly change: (id: VideoId, change: VideoChange) => Effect.Effect<Video, UnknownVideo | PersistenceError>
    /**
     * Cancels the open jobs of the video, also those that no runner can do. Jobs whose result is being stored end by
     * themselves. Returns the jobs that it cancelled.
     */
    readonly cancelJobs: (id: VideoId) => Jobs<never>
    /**
     * Retries the failed and cancelled jobs of the video, except those that others have replaced meanwhile. Returns the
     * jobs that it retried. Fails with the first refusal when it can retry none.
     */
    readonly retryJobs: (id: VideoId) => Jobs<RetryRefused>
  }
>() {}

const makeChange = Effect.gen(function* () {
  const videos = yield* VideoStore
  const jobs = yield* JobAdmin
  const knownVideo = yield* makeKnownVideo

  /** Jobs that have failed may be retried, so they move, too. */
  const movedBy = ({ priority }: VideoChange, id: VideoId) =>
    priority === undefined
      ? Effect.succeed([])
      : Effect.map(jobs.ofVideo(id), (all) =>
          all.filter(({ state }) => state !== "Completed").map((job) => reprioritized(job, priority))
        )

  return spanned("VideoAdmin.change")(
    function* (id: VideoId, change: VideoChange) {
      const video = yield* knownVideo(id)
      const updatedAt = yield* DateTime.now
      yield* videos.save({ ...video, ...change, updatedAt }, yield* movedBy(change, id))
      return yield* knownVideo(id)
    },
    (effect) => retryConflicts(effect)
  )
})

const make = Effect.gen(function* () {
  const jobs = yield* JobAdmin
  const knownVideo = yield* makeKnownVideo
  const ofVideo = (id: VideoId) => Effect.zipRight(knownVideo(id), jobs.ofVideo(id))

  const cancel = (job: RunnerJob) =>
    jobs.cancel(job.id).pipe(
      Effect.as(Option.some(job)),
      // It has ended meanwhile, or it was cancelled with the job that it waits for.
      Effect.catchTag("UnknownJob", "JobNotCancellable", () => Effect.succeedNone)
    )

  const retry = (job: RunnerJob) =>
    Effect.either(
      Effect.as(
        Effect.catchTag(jobs.retry(job.id), "UnknownJob", () => Effect.void),
        job
      )
    )

  return VideoAdmin.of({
    change: yield* makeChange,
    cancelJobs: spanned("VideoAdmin.cancelJobs")(function* (id) {
      const open = (yield* ofVideo(id)).filter((job) => !isTerminal(job))
      return (yield* Effect.forEach(open, cancel)).flatMap(Option.toArray)
    }),
    retryJobs: spanned("VideoAdmin.retryJobs")(function* (id) {
      const ended = (yield* ofVideo(id)).filter(({ state }) => retryableStates.has(state))
      const outcomes = yield* Effect.forEach(ended, retry)
      const retried = outcomes.flatMap((outcome) => (Either.isRight(outcome) ? [outcome.right] : []))
      const refusal = outcomes.find(Either.isLeft)
      return retried.length === 0 && refusal !== undefined ? yield* Effect.fail(refusal.left) : retried
    })
  })
})

/** The calls of administrators about videos, over the ports. */
export const layer: Layer.Layer<VideoAdmin, never, VideoStore | JobAdmin> = Layer.effect(VideoAdmin, make)
