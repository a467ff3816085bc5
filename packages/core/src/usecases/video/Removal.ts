import { Array as Arr, Context, DateTime, Effect, Layer, Option } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import type { JobId, VideoId } from "../../domain/Ids.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import { isTerminal } from "../../domain/job/RunnerJob.ts"
import { abandoned, folderOf, recordingsOf } from "../../domain/live/LiveMachine.ts"
import type { PendingDeletion, Video } from "../../domain/video/Video.ts"
import { keysInUse, scheduleDeletion } from "../../domain/video/VideoMachine.ts"
import type { JobTypes } from "../../jobs/JobType.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { JobAdmin } from "../admin/JobAdmin.ts"
import type { AfterCommit } from "../engine/AfterCommit.ts"
import { makeKnownVideo } from "../engine/knownVideo.ts"
import { stillStoring } from "../engine/Publishing.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
import type { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { makeWithdraw } from "../engine/withdraw.ts"
import type { UnknownVideo } from "../errors.ts"

/** Removes videos, and files that nothing refers to any more. */
export class Removal extends Context.Tag("@runner-connector/core/Removal")<
  Removal,
  {
    /**
     * Cancels the video's open jobs and removes all that was made of it, and its source too unless the host keeps it; a
     * source that an edit has made is nobody else's and goes in any case.
     * After a crash in the middle the call can be made again; at no moment does the video refer to a missing file.
     */
    readonly removeVideo: (
      id: VideoId,
      options?: { readonly keepSource?: boolean }
    ) => Effect.Effect<void, UnknownVideo | FileStorageError | PersistenceError>
    /** Removes the files of the video that were retired before the given moment; what cannot be removed stays noted. */
    readonly sweep: (video: Video, before: DateTime.Utc) => Effect.Effect<void, PersistenceError>
  }
>() {}

const keysOf = (video: Video, keepSource: boolean): ReadonlyArray<FileKey> =>
  Arr.dedupe([
    ...keysInUse(video),
    ...(keepSource ? [] : [...Option.toArray(video.sourceKey), ...Option.toArray(video.soundKey)]),
    // The recordings of a live are no file of the host's.
    ...recordingsOf(video)
  ])

/** The video without any file, all of them retired. */
const emptied = (video: Video, keepSource: boolean, now: DateTime.Utc): Video => ({
  ...video,
  updatedAt: now,
  pendingDeletion: [
    ...scheduleDeletion(video, keysOf(video, keepSource), now),
    ...Option.toArray(folderOf(video)).map((key) => ({ key, folder: true, at: now }))
  ],
  files: [],
  webVideos: [],
  captions: [],
  storyboard: Option.none(),
  sourceKey: keepSource ? video.sourceKey : Option.none(),
  soundKey: keepSource ? video.soundKey : Option.none(),
  playlistKey: Option.none(),
  thumbnailKey: Option.none()
})

/** Ends all jobs of a video; afterwards nothing can be published of it any more. */
const makeCancelJobs = Effect.gen(function* () {
  const jobs = yield* JobAdmin
  const store = yield* JobStore
  const withdraw = yield* makeWithdraw

  /** What is being stored cannot be cancelled; it is taken from whoever stores it. */
  const takeBack = (id: JobId) =>
    Effect.gen(function* () {
      const [job] = yield* store.family(id)
      if (job === undefined) return
      const event = JobEvent.Aborted({ stalled: false, message: "The video was removed" })
      yield* withdraw(job, stillStoring(job), event)
    }).pipe(Effect.catchTag("AttemptLost", "UnknownJob", "WrongJobState", () => Effect.void))

  const cancel = (id: JobId): Effect.Effect<void, FileStorageError | PersistenceError> =>
    jobs.cancel(id).pipe(
      Effect.catchTag("UnknownJob", () => Effect.void),
      Effect.catchTag("JobNotCancellable", ({ state }) =>
        state === "Completing" ? Effect.zipRight(takeBack(id), cancel(id)) : Effect.void
      )
    )

  return (id: VideoId) =>
    Effect.flatMap(jobs.ofVideo(id), (all) =>
      Effect.forEach(
        all.filter((job) => !isTerminal(job)),
        (job) => cancel(job.id),
        { discard: true }
      )
    )
})

const make = Effect.gen(function* () {
  const videos = yield* VideoStore
  const knownVideo = yield* makeKnownVideo
  const storage = yield* FileStorage
  const cancelJobs = yield* makeCancelJobs

  const removeFile = ({ folder, key }: PendingDeletion) => (folder ? storage.removeFolder(key) : storage.remove(key))

  const isRemoved = (file: PendingDeletion) =>
    removeFile(file).pipe(
      Effect.as(true),
      Effect.catchAllCause((cause) =>
        Effect.as(Effect.logWarning("A file cannot be removed now and stays noted", cause), false)
      )
    )

  const removeFiles = (files: ReadonlyArray<PendingDeletion>) => Effect.forEach(files, removeFile, { discard: true })

  /**
   * Whoever writes into a folder late looks afterwards whether anybody knows of it. A report that came before it was
   * forgotten and wrote after it was removed has been told that somebody does: it is removed once more.
   */
  const removeForgotten = (files: Iterable<PendingDeletion>) =>
    removeFiles(Array.from(files).filter(({ folder = false }) => folder))

  /** From here on no report of a live is taken, nor a video made of it. */
  const abandonLive = (id: VideoId) =>
    Effect.gen(function* () {
      const video = yield* knownVideo(id)
      if (Option.isSome(video.live)) yield* videos.save(abandoned(video, yield* DateTime.now), [])
    }).pipe(retryConflicts)

  /** Begins anew when somebody has changed the video meanwhile: its row is all that tells what was made of it. */
  const removeAll = (id: VideoId, keepSource: boolean) =>
    Effect.gen(function* () {
      yield* cancelJobs(id)
      const video = yield* knownVideo(id)
      const empty = emptied(video, keepSource, yield* DateTime.now)
      yield* videos.save(empty, [])
      yield* removeFiles(empty.pendingDeletion)
      yield* videos.remove({ id, revision: empty.revision + 1 })
      return empty.pendingDeletion
    }).pipe(retryConflicts)

  return Removal.of({
    removeVideo: Effect.fn("Removal.removeVideo")(function* (id, options) {
      yield* abandonLive(id)
      const removed = yield* removeAll(id, options?.keepSource ?? false)
      yield* removeForgotten(removed)
      // Jobs that were taken up again meanwhile; from here on there is no video that they could be taken up for.
      yield* cancelJobs(id)
    }),
    sweep: Effect.fn("Removal.sweep")(function* (video, before) {
      const due = video.pendingDeletion.filter((file) => DateTime.lessThan(file.at, before))
      const gone = new Set(yield* Effect.filter(due, isRemoved))
      if (gone.size === 0) return
      yield* videos
        .save({ ...video, pendingDeletion: video.pendingDeletion.filter((file) => !gone.has(file)) }, [])
        .pipe(
          Effect.zipRight(Effect.ignoreLogged(removeForgotten(gone))),
          Effect.catchTag("VideoConflict", "JobConflict", () => Effect.void)
        )
    })
  })
})

/** Removal, over the ports. */
export const layer: Layer.Layer<
  Removal,
  never,
  | JobStore
  | VideoStore
  | FileStorage
  | JobTypes
  | RunnerNotifier
  | ConnectorConfig
  | JobAdmin
  | VideoFinalizer
  | AfterCommit
> = Layer.effect(Removal, make)
