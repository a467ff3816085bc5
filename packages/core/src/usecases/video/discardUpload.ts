import { DateTime, Effect } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { piecesOf, type Upload } from "../../domain/Upload.ts"
import { FileStorage } from "../../ports/FileStorage.ts"
import { UploadStore } from "../../ports/UploadStore.ts"

const removeFiles = (storage: FileStorage["Type"], key: FileKey) =>
  Effect.zipRight(storage.remove(key), storage.removeFolder(piecesOf(key)))

/**
 * Removes the file of a silent upload. An abandoned record stays for another period: its process may still live and store
 * the file late, and a storage may finish a request whose answer was lost. The record goes after the last removal.
 */
export const makeSweep = Effect.gen(function* () {
  const store = yield* UploadStore
  const storage = yield* FileStorage
  return ({ abandoned, key }: Upload, before: DateTime.Utc) =>
    Effect.gen(function* () {
      if (!(yield* store.abandon(key, yield* DateTime.now, before))) return
      yield* removeFiles(storage, key)
      if (abandoned) return yield* store.remove(key)
      yield* Effect.logDebug("An upload without a video was removed").pipe(Effect.annotateLogs({ key }))
    })
})

/**
 * Removes the file of an upload that ends in this process. A missing record has two causes. A write that refers to the
 * file may have ended it. Without such a write, upkeep removed the file and the record while this process was silent.
 */
export const makeDiscard = Effect.gen(function* () {
  const store = yield* UploadStore
  const storage = yield* FileStorage
  return (key: FileKey, mayBeReferredTo: boolean) =>
    Effect.gen(function* () {
      const now = yield* DateTime.now
      const isAbandoned = yield* store.abandon(key, now)
      if (!isAbandoned && mayBeReferredTo) return
      if (!isAbandoned) {
        yield* Effect.catchTag(store.insert(key, now), "UploadExists", () => Effect.void)
        yield* store.abandon(key, now)
      }
      yield* removeFiles(storage, key)
      yield* Effect.logDebug("An upload without a video was removed").pipe(Effect.annotateLogs({ key }))
    }).pipe(
      Effect.catchAllCause((cause) =>
        Effect.logWarning("An upload could not be removed now and is left to upkeep", cause)
      )
    )
})
