import { Effect } from "effect"
import type { PendingDeletion } from "../../domain/video/Video.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"

/** Deletes files and folders that are pending deletion. */
export interface DeleteFiles {
  readonly one: (file: PendingDeletion) => Effect.Effect<void, FileStorageError>
  readonly all: (files: ReadonlyArray<PendingDeletion>) => Effect.Effect<void, FileStorageError>
  /**
   * Deletes the folders once more, after the video no longer lists them. A late report of a live checks the video before
   * it writes. One that checked early enough may have written into a folder after its first deletion.
   */
  readonly foldersAgain: (files: Iterable<PendingDeletion>) => Effect.Effect<void, FileStorageError>
}

/** Deletion over the storage. */
export const makeDeleteFiles: Effect.Effect<DeleteFiles, never, FileStorage> = Effect.map(FileStorage, (storage) => {
  const one = ({ folder, key }: PendingDeletion) => (folder ? storage.removeFolder(key) : storage.remove(key))
  const all = (files: ReadonlyArray<PendingDeletion>) => Effect.forEach(files, one, { discard: true })
  return { one, all, foldersAgain: (files) => all(Array.from(files).filter(({ folder = false }) => folder)) }
})
