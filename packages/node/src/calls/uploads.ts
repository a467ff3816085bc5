import { FileKey, FileNames, FileStorage, type Persistence, Tokens, Uploads } from "@runner-connector/core"
import { Effect, type Scope, type Stream } from "effect"
import type { Store, StoreOptions } from "../api/Store.ts"
import { InvalidRequest, type StreamFailed } from "../errors/index.ts"
import type { Engine } from "../runtime/Engine.ts"
import { nameOf, streamOf } from "../streams.ts"

const FOLDER = "uploads"

/** A key that no other upload has. */
const newKey = (fileName = "") =>
  Effect.map(
    Effect.flatMap(Tokens.Identifiers, ({ uuid }) => uuid),
    (uuid) => FileKey.FileKey.make(`${FOLDER}/${uuid}/${FileNames.safeNameOf(fileName)}`)
  )

const keyOf = (path: string): Effect.Effect<FileKey.FileKey, InvalidRequest> =>
  FileKey.isFileKey(path)
    ? Effect.succeed(FileKey.FileKey.make(path))
    : Effect.fail(new InvalidRequest({ message: "path: expected a relative path of plain segments" }))

/** Writes the bytes, which are there whole or not at all. */
const write = (key: FileKey.FileKey, bytes: Stream.Stream<Uint8Array, StreamFailed | InvalidRequest>, type?: string) =>
  Effect.flatMap(FileStorage.FileStorage, (storage) => storage.write(key, bytes, { contentType: type }))

/**
 * Stores the source of a new video. Removes it at the end of the scope, unless a video refers to it then. After a crash
 * upkeep removes it.
 */
export const storeSource = (
  bytes: Stream.Stream<Uint8Array, StreamFailed | InvalidRequest>,
  { contentType, fileName }: Pick<StoreOptions, "contentType" | "fileName">
): Effect.Effect<
  FileKey.FileKey,
  StreamFailed | InvalidRequest | FileStorage.FileStorageError | Persistence.PersistenceError,
  FileStorage.FileStorage | Uploads.Uploads | Scope.Scope
> =>
  Effect.gen(function* () {
    const key = yield* newKey(fileName)
    const uploads = yield* Uploads.Uploads
    yield* Effect.catchTag(uploads.hold(key), "UploadExists", Effect.die)
    yield* write(key, bytes, contentType)
    return key
  })

export const store =
  ({ run }: Engine): Store =>
  (bytes, { contentType, fileName = nameOf(bytes), path, ...options } = {}) =>
    run(
      Effect.gen(function* () {
        const key = yield* path === undefined ? newKey(fileName) : keyOf(path)
        yield* write(key, streamOf(bytes), contentType)
        const { size } = yield* (yield* FileStorage.FileStorage).stat(key)
        return { path: key, size }
      }),
      options
    )
