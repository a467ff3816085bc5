import { FileKey, FileStorage } from "@runner-connector/core"
import { Effect, Layer, Stream } from "effect"

/** Callers know their own keys only, so errors carry those. */
const relabel =
  (stored: FileKey.FileKey, key: FileKey.FileKey) =>
  <E>(error: E): E => {
    if (error instanceof FileStorage.FileNotFound && error.key === stored) {
      return new FileStorage.FileNotFound({ key }) as E
    }
    if (error instanceof FileStorage.FileStorageError && error.key === stored) {
      return new FileStorage.FileStorageError({ operation: error.operation, key, cause: error.cause }) as E
    }
    return error
  }

/** Stores the files of one tenant below a folder of a shared storage. */
export const layer = (folder: FileKey.FileKey): Layer.Layer<FileStorage.FileStorage, never, FileStorage.FileStorage> =>
  Layer.effect(
    FileStorage.FileStorage,
    Effect.map(FileStorage.FileStorage, (shared): FileStorage.FileStorage["Type"] => {
      const under = <A, E, R>(key: FileKey.FileKey, call: (stored: FileKey.FileKey) => Effect.Effect<A, E, R>) => {
        const stored = FileKey.inFolder(folder, key)
        return Effect.mapError(call(stored), relabel(stored, key))
      }
      return {
        write: (key, content, options) => under(key, (stored) => shared.write(stored, content, options)),
        adopt: (key, path, options) => under(key, (stored) => shared.adopt(stored, path, options)),
        read: (key, range) => {
          const stored = FileKey.inFolder(folder, key)
          return Stream.mapError(shared.read(stored, range), relabel(stored, key))
        },
        stat: (key) => under(key, shared.stat),
        remove: (key) => under(key, shared.remove),
        removeFolder: (key) => under(key, shared.removeFolder),
        downloadUrl: (key, options) => under(key, (stored) => shared.downloadUrl(stored, options)),
        source: (key) => under(key, shared.source)
      }
    })
  )
