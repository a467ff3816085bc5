import { Array as Arr, DateTime, Effect, Option } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import type { VideoId } from "../../domain/Ids.ts"
import { abandoned, folderOf, recordingsOf } from "../../domain/live/LiveMachine.ts"
import type { Video } from "../../domain/video/Video.ts"
import { keysInUse, scheduleDeletion } from "../../domain/video/VideoMachine.ts"
import type { FileStorageError } from "../../ports/FileStorage.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import type { JobAdmin } from "../admin/JobAdmin.ts"
import { AfterCommit } from "../engine/AfterCommit.ts"
import type { MovingJobs } from "../engine/advance.ts"
import { makeKnownVideo } from "../engine/knownVideo.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
import type { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import type { UnknownVideo } from "../errors.ts"
import { makeCancelJobs } from "./cancelJobs.ts"
import { makeDeleteFiles } from "./deleteFiles.ts"

/**
 * Cancels the open jobs of the video and deletes every file made from it. Deletes its source too, unless the host keeps
 * it. Always deletes a source that an edit made. The call can be repeated after a crash. The video never refers to a
 * missing file. Its only event from the beginning of the call is `video.deleted`; its jobs have theirs.
 */
export type RemoveVideo = (
  id: VideoId,
  options?: { readonly keepSource?: boolean }
) => Effect.Effect<void, UnknownVideo | FileStorageError | PersistenceError>

const keysOf = (video: Video, keepSource: boolean): ReadonlyArray<FileKey> =>
  Arr.dedupe([
    ...keysInUse(video),
    ...(keepSource ? [] : [...Option.toArray(video.sourceKey), ...Option.toArray(video.soundKey)]),
    // The recordings of a live do not belong to the host.
    ...recordingsOf(video)
  ])

/** The video has no further outcome. No report of a live is accepted afterwards, and no replay is made. */
const marked = (video: Video, now: DateTime.Utc): Video => ({
  ...abandoned(video, now),
  removalStartedAt: Option.some(now),
  updatedAt: now
})

/** Returns the video without any file. All of them are pending deletion. */
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
  chunking: Option.none(),
  playlistKey: Option.none(),
  thumbnailKey: Option.none()
})

/** Removal of videos over the ports. */
export const makeRemoveVideo: Effect.Effect<RemoveVideo, never, MovingJobs | JobAdmin | VideoFinalizer> = Effect.gen(
  function* () {
    const videos = yield* VideoStore
    const knownVideo = yield* makeKnownVideo
    const afterCommit = yield* AfterCommit
    const deleteFiles = yield* makeDeleteFiles
    const cancelJobs = yield* makeCancelJobs

    const begin = (id: VideoId) =>
      Effect.gen(function* () {
        const video = yield* knownVideo(id)
        if (Option.isNone(video.removalStartedAt)) yield* videos.save(marked(video, yield* DateTime.now), [])
      }).pipe(retryConflicts)

    /** Starts again when the video changed meanwhile, because only its row lists the files made from it. */
    const removeAll = (id: VideoId, keepSource: boolean) =>
      Effect.gen(function* () {
        yield* cancelJobs(id)
        const video = yield* knownVideo(id)
        const empty = emptied(video, keepSource, yield* DateTime.now)
        yield* videos.save(empty, [])
        yield* deleteFiles.all(empty.pendingDeletion)
        yield* afterCommit.run({
          write: videos.remove({ id, revision: empty.revision + 1 }),
          written: Effect.map(videos.find(id), (left) =>
            Option.isNone(left) ? Option.some(undefined) : Option.none()
          ),
          effects: () => Effect.ignoreLogged(deleteFiles.foldersAgain(empty.pendingDeletion))
        })
      }).pipe(retryConflicts)

    return spanned("Removal.removeVideo")(function* (id, options) {
      yield* begin(id)
      yield* removeAll(id, options?.keepSource ?? false)
      // Cancels jobs that were retried meanwhile. Without the video no further job can be retried.
      yield* cancelJobs(id)
    })
  }
)
