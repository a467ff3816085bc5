import { DateTime, Effect } from "effect"
import type { PendingDeletion, Video } from "../../domain/video/Video.ts"
import type { FileStorage } from "../../ports/FileStorage.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { AfterCommit } from "../engine/AfterCommit.ts"
import { makeVideoWritten } from "../engine/written.ts"
import { makeDeleteFiles } from "./deleteFiles.ts"

/**
 * Deletes the files of the video that have been pending deletion since before the given moment. Files that cannot be
 * deleted stay pending.
 */
export type Sweep = (video: Video, before: DateTime.Utc) => Effect.Effect<void, PersistenceError>

/** Sweeping over the ports. */
export const makeSweep: Effect.Effect<Sweep, never, VideoStore | FileStorage | AfterCommit> = Effect.gen(function* () {
  const videos = yield* VideoStore
  const afterCommit = yield* AfterCommit
  const wasWritten = yield* makeVideoWritten
  const deleteFiles = yield* makeDeleteFiles

  const isDeleted = (file: PendingDeletion) =>
    deleteFiles.one(file).pipe(
      Effect.as(true),
      Effect.catchAllCause((cause) =>
        Effect.as(Effect.logWarning("A file cannot be deleted now and stays pending", cause), false)
      )
    )

  return spanned("Removal.sweep")(function* (video, before) {
    const due = video.pendingDeletion.filter((file) => DateTime.lessThan(file.at, before))
    const gone = new Set(yield* Effect.filter(due, isDeleted))
    if (gone.size === 0) return
    const pendingDeletion = video.pendingDeletion.filter((file) => !gone.has(file))
    const swept = { ...video, pendingDeletion }
    const commit = afterCommit.run({
      write: Effect.asVoid(videos.save(swept, [])),
      written: wasWritten(swept),
      effects: () => Effect.ignoreLogged(deleteFiles.foldersAgain(gone))
    })
    yield* commit.pipe(Effect.catchTag("VideoConflict", "JobConflict", () => Effect.void))
  })
})
