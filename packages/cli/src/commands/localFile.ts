import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { FileKey, FileNames, FileStorage, MediaTypes, type Persistence, Tokens, Uploads } from "@runner-connector/core"
import { type StoredUpload, uploadsFolder } from "@runner-connector/protocol"
import { Effect, type Scope } from "effect"

/** The services that a command with files of this machine needs. */
export type LocalFileNeeds = FileStorage.FileStorage | FileSystem.FileSystem | Path.Path | Uploads.Uploads

/** Stores a copy of a file of this machine. It is removed when the scope ends, unless a video or a job refers to it. */
export const storeLocalFile = (
  file: string
): Effect.Effect<
  Pick<StoredUpload, "fileName" | "folder" | "key">,
  FileStorage.FileStorageError | Persistence.PersistenceError | PlatformError,
  LocalFileNeeds | Scope.Scope
> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { hold } = yield* Uploads.Uploads
    const storage = yield* FileStorage.FileStorage
    const fileName = (yield* Path.Path).basename(file)
    const folder = yield* (yield* Tokens.Identifiers).uuid
    const key = FileKey.FileKey.make(`${uploadsFolder}/${folder}/${FileNames.safeNameOf(fileName)}`)
    yield* Effect.catchTag(hold(key), "UploadExists", Effect.die)
    yield* storage.write(key, fs.stream(file), { contentType: MediaTypes.mediaTypeOf(key) })
    return { key, fileName, folder }
  })
