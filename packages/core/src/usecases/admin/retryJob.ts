import { type Array as Arr, DateTime, Effect, Either, Option, Schema } from "effect"
import { withRevival } from "../../domain/chunk/Growth.ts"
import type { JobId, VideoId } from "../../domain/Ids.ts"
import { JobEvent, lostItsParent } from "../../domain/job/JobMachine.ts"
import { isTerminal, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import { demandOf } from "../../domain/runner/RunnerDemand.ts"
import { isSuperseded } from "../../domain/video/MissingRenditions.ts"
import type { Video } from "../../domain/video/Video.ts"
import type { VideoInputs } from "../../domain/video/VideoInputs.ts"
import { reopened } from "../../domain/video/VideoMachine.ts"
import { JobTypes } from "../../jobs/JobType.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { spanned } from "../../ports/Spans.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { AfterCommit } from "../engine/AfterCommit.ts"
import { anybody, type MovingJobs, makeAdvance } from "../engine/advance.ts"
import { makeKnownVideo } from "../engine/knownVideo.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
import { transcodable } from "../engine/transcodable.ts"
import { makeJobWritten } from "../engine/written.ts"
import {
  JobNotRetryable,
  JobSuperseded,
  ParentNotCompleted,
  type RetryRefused,
  UnknownJob,
  type UnknownVideo,
  type VideoNotTranscodable
} from "../errors.ts"

type Changed = Arr.NonEmptyReadonlyArray<RunnerJob>

const hasInput = Schema.is(Schema.Struct({ separatedSound: Schema.Boolean }))

const hasOwnUrl = Schema.is(Schema.Struct({ videoUrl: Schema.String }))

/** The inputs for the job. A job with a URL of its own needs none. */
const inputsFor = (job: RunnerJob, video: Video): Either.Either<Option.Option<VideoInputs>, VideoNotTranscodable> =>
  Either.orElse(Either.map(transcodable(video), Option.some), (refusal) =>
    refusal.reason === "noFile" && hasOwnUrl(job.payload) ? Either.right(Option.none()) : Either.left(refusal)
  )

/** The source may be gone, so the job uses the inputs that exist now. */
const withInputs = (job: RunnerJob, inputs: Option.Option<VideoInputs>): RunnerJob =>
  job.state === "Pending" && Option.isNone(job.renditionId) && hasInput(job.privatePayload)
    ? {
        ...job,
        privatePayload: {
          ...job.privatePayload,
          separatedSound: Option.exists(inputs, ({ sound }) => Option.isSome(sound))
        }
      }
    : job

/** Removes superfluous jobs and their dependents from a list with parents first. */
const unlessSuperseded = (
  jobs: ReadonlyArray<RunnerJob>,
  known: Parameters<typeof isSuperseded>[1]
): ReadonlyArray<RunnerJob> => {
  const left = new Set<JobId>()
  return jobs.filter((job) => {
    const stays = Option.exists(job.parentId, (id) => left.has(id)) || isSuperseded(job, known)
    if (stays) left.add(job.id)
    return !stays
  })
}

/** Finds the parent of a job, and the job to retry instead. */
const makeParents = Effect.map(JobStore, (store) => {
  const find = (id: JobId) => Effect.map(store.family(id), ([job]) => Option.fromNullable(job))
  const parentOf = (job: RunnerJob) =>
    Option.match(job.parentId, { onNone: () => Effect.succeed(Option.none<RunnerJob>()), onSome: find })

  /** The error for a job that ended because of its parent. Names the job at the root. */
  const refusal = (id: JobId, lost: RunnerJob) =>
    Effect.gen(function* () {
      const seen = new Set<JobId>()
      let job = lost
      while (lostItsParent.has(job.state) && !seen.has(job.id)) {
        seen.add(job.id)
        job = Option.getOrElse(yield* parentOf(job), () => job)
      }
      return lostItsParent.has(job.state)
        ? new JobNotRetryable({ id, type: lost.type, state: lost.state })
        : new ParentNotCompleted({ id, parentId: job.id })
    })

  return { find, parentOf, refusal }
})

/** Writes the jobs and reopens their video in the same write. */
const makeWrite = Effect.gen(function* () {
  const store = yield* JobStore
  const videos = yield* VideoStore
  const knownVideo = yield* makeKnownVideo
  const notifier = yield* RunnerNotifier
  const afterCommit = yield* AfterCommit
  const wasWritten = yield* makeJobWritten

  /** Always writes the video, so that a concurrent finalizer or removal reads it again. */
  const writeWith = (id: VideoId, [first, ...rest]: Changed, guard: ReadonlyArray<RunnerJob>) =>
    Effect.gen(function* () {
      const video = yield* knownVideo(id)
      const inputs = yield* inputsFor(first, video)
      const now = yield* DateTime.now
      const known = { video, jobs: yield* store.ofVideo(id) }
      if (isSuperseded(first, known)) return yield* new JobSuperseded({ id: first.id })
      const jobs = [withInputs(first, inputs), ...unlessSuperseded(rest, known)]
      const renditions = new Set(jobs.flatMap(({ renditionId }) => Option.toArray(renditionId)))
      const next = withRevival(video, renditions, now)
      yield* videos.save(jobs.some(({ awaited }) => awaited) ? reopened(next, now) : next, [...jobs, ...guard])
    })

  return (changed: Changed, guard: ReadonlyArray<RunnerJob>) =>
    afterCommit.run({
      write: Option.match(changed[0].videoId, {
        onNone: () => store.commit([...changed, ...guard]),
        onSome: (id) => writeWith(id, changed, guard)
      }),
      written: wasWritten(changed[0]),
      effects: () => notifier.availableJobs(demandOf(changed))
    })
})

/**
 * Retries a failed or cancelled job as if it had never been tried, with every job that ended because of it. Reopens its
 * video in the same write, so that `transcodingEnded` is called again at its end. The job waits for its parent when that
 * is not completed. Refuses types that are not `retryable`.
 */
export type Retry = (id: JobId) => Effect.Effect<void, UnknownJob | UnknownVideo | RetryRefused | PersistenceError>

/** Retrying over the ports. */
export const makeRetryJob: Effect.Effect<Retry, never, MovingJobs> = Effect.gen(function* () {
  const types = yield* JobTypes
  const { decide } = yield* makeAdvance
  const { find, parentOf, refusal } = yield* makeParents
  const write = yield* makeWrite

  const isRetryable = (job: RunnerJob): boolean =>
    Option.exists(types.find(job.type), ({ abortable, retryable }) => retryable ?? abortable)

  /** The parent that is not completed yet, if there is one. */
  const awaitedBy = Effect.fnUntraced(function* (id: JobId) {
    const job = yield* Effect.flatMap(
      find(id),
      Effect.mapError(() => new UnknownJob({ id }))
    )
    if (lostItsParent.has(job.state)) return yield* Effect.flatMap(refusal(id, job), Effect.fail)
    if (!isRetryable(job)) return yield* new JobNotRetryable({ id, type: job.type, state: job.state })
    const awaited = Option.filter(yield* parentOf(job), (parent) => parent.state !== "Completed")
    const ended = Option.filter(awaited, isTerminal)
    if (Option.isSome(ended)) return yield* Effect.flatMap(refusal(id, ended.value), Effect.fail)
    return { awaited, type: job.type }
  })

  const once = Effect.fnUntraced(function* (id: JobId) {
    const { awaited, type } = yield* awaitedBy(id)
    const { changed } = yield* decide(id, anybody, JobEvent.Retried({ waits: Option.isSome(awaited) })).pipe(
      Effect.catchTag("WrongJobState", ({ state }) => new JobNotRetryable({ id, type, state }))
    )
    // The parent is also written at its revision. If it ended meanwhile, this job would never learn of it.
    yield* write(changed, Option.toArray(awaited))
  })

  return spanned("JobAdmin.retry")(function* (id) {
    yield* retryConflicts(once(id))
  })
})
