import { Array as Arr, DateTime, Effect, Option } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import type { VideoId } from "../../domain/Ids.ts"
import type { ConcurrencyLimits } from "../../domain/job/ConcurrencyLimits.ts"
import { isTerminal, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import type { Video } from "../../domain/video/Video.ts"
import { scheduleDeletion } from "../../domain/video/VideoMachine.ts"
import type { JobTypes, VideoChange } from "../../jobs/JobType.ts"
import { FileStorage } from "../../ports/FileStorage.ts"
import { JobConflict, JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { AfterCommit } from "./AfterCommit.ts"
import { attemptOf } from "./attempt.ts"
import { makeJobWritten } from "./written.ts"

/** The effects of jobs that end without a result on their video. */
export interface FailureEffects {
  /** Returns the changes for these jobs, which are decided but not written yet. Mostly none. */
  readonly of: (changed: ReadonlyArray<RunnerJob>) => ReadonlyArray<VideoChange>
  /**
   * Writes the jobs and the changes of their video. The same write schedules the abandoned files for deletion, so
   * that a crash leaves none behind. Then runs `effects` and removes the files.
   */
  readonly commit: (
    changed: Arr.NonEmptyReadonlyArray<RunnerJob>,
    abandoned: ReadonlyArray<FileKey>,
    follow: Follow
  ) => Effect.Effect<void, JobConflict | PersistenceError>
}

/** Further effects of the write of jobs. */
export interface Follow {
  readonly effects: Effect.Effect<void>
  /** See `Commit`. */
  readonly lateEffects?: Effect.Effect<void>
  /** See `JobStore.commit`. A job that starts changes no video. */
  readonly limits?: ConcurrencyLimits
}

/** Returns the video with all changes, applied in order. */
export const changedBy = (video: Video, changes: ReadonlyArray<VideoChange>, now: DateTime.Utc): Video =>
  changes.reduce((current, { change }) => change(current, now), video)

const hasLost = (job: RunnerJob): boolean => isTerminal(job) && job.state !== "Completed"

const followed = ({ effects, lateEffects = effects }: Follow, always: Effect.Effect<void> = Effect.void) => ({
  effects: () => Effect.zipRight(effects, always),
  lateEffects: () => Effect.zipRight(lateEffects, always)
})

/** The changes of lost jobs. */
const makeChanges = Effect.map(attemptOf, (read): Pick<FailureEffects, "of"> => {
  const lossOf = (job: RunnerJob) =>
    Option.flatMap(read(job), ({ content, type }) => Option.fromNullable(type.lost?.(content)))
  return { of: (changed) => Arr.filterMap(changed.filter(hasLost), lossOf) }
})

/** Writes jobs together with their video. */
const makeSaveWithVideo = Effect.map(
  VideoStore,
  (videos) => (video: Video, changed: Arr.NonEmptyReadonlyArray<RunnerJob>) =>
    Effect.mapError(videos.save(video, changed), (error) =>
      error._tag === "VideoConflict" ? new JobConflict({ id: changed[0].id }) : error
    )
)

const makeCommit = Effect.fnUntraced(function* ({ of }: Pick<FailureEffects, "of">) {
  const afterCommit = yield* AfterCommit
  const store = yield* JobStore
  const wasWritten = yield* makeJobWritten
  const videos = yield* VideoStore
  const storage = yield* FileStorage
  const saveWithVideo = yield* makeSaveWithVideo

  const videoOf = (id: Option.Option<VideoId>) =>
    Option.match(id, { onNone: () => Effect.succeed(Option.none<Video>()), onSome: videos.find })

  const remove = (keys: ReadonlyArray<FileKey>) =>
    keys.length === 0
      ? Effect.void
      : Effect.ignoreLogged(Effect.forEach(keys, (key) => storage.remove(key), { discard: true }))

  const commit: FailureEffects["commit"] = Effect.fnUntraced(function* (changed, abandoned, follow) {
    const changes = of(changed)
    const isNews = changes.length > 0 || abandoned.length > 0
    const video = isNews ? yield* videoOf(changed[0].videoId) : Option.none<Video>()
    const written = wasWritten(changed[0])
    if (Option.isNone(video)) {
      // The files are deleted first, because no record of them remains without a video.
      yield* remove(abandoned)
      return yield* afterCommit.run({ write: store.commit(changed, [], follow.limits), written, ...followed(follow) })
    }
    const now = yield* DateTime.now
    const pendingDeletion = scheduleDeletion(video.value, abandoned, now)
    const next = changedBy({ ...video.value, pendingDeletion }, changes, now)
    yield* afterCommit.run({ write: saveWithVideo(next, changed), written, ...followed(follow, remove(abandoned)) })
  })
  return commit
})

/** Failure effects over the ports. All jobs that change together belong to one video. */
export const makeFailureEffects: Effect.Effect<
  FailureEffects,
  never,
  JobStore | VideoStore | FileStorage | JobTypes | AfterCommit
> = Effect.gen(function* () {
  const changes = yield* makeChanges
  return { ...changes, commit: yield* makeCommit(changes) }
})
