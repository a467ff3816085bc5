import { type CustomUploads, type FileKey, FileStorage, UploadedFile } from "@runner-connector/core"
import { Effect, Exit, Scope, Stream } from "effect"
import type { SpoolFolder } from "../body/Spool.ts"
import { mediaTypeOf } from "../http/mediaTypes.ts"
import { SpoolError } from "../http/ProtocolErrors.ts"

type Refusal = FileStorage.FileNotFound | FileStorage.FileStorageError | SpoolError

/** A path of this machine at which the file is: where the storage has it, or else a copy among the request's files. */
const pathOf = (
  key: FileKey.FileKey,
  folder: SpoolFolder
): Effect.Effect<string, Refusal, FileStorage.FileStorage | Scope.Scope> =>
  Effect.gen(function* () {
    const storage = yield* FileStorage.FileStorage
    const source = yield* storage.source(key)
    if (source._tag === "Path") return source.path
    const { file, path } = yield* folder.create
    yield* Stream.runForEach(storage.read(key), (bytes) =>
      Effect.mapError(file.writeAll(bytes), (cause) => new SpoolError({ operation: "receive", cause }))
    )
    return path
  })

const asUpload = ({ file, key }: CustomUploads.WaitingFile, folder: SpoolFolder) =>
  Effect.gen(function* () {
    const storage = yield* FileStorage.FileStorage
    const { size } = yield* storage.stat(key)
    const path = yield* pathOf(key, folder)
    const content = Stream.mapError(storage.read(key), (cause) => new UploadedFile.UploadError({ cause }))
    return [file, new UploadedFile.UploadedFile({ path, contentType: mediaTypeOf(key), size, content })] as const
  }).pipe(
    // Noted, and not there: its upload broke off.
    Effect.catchTag("FileNotFound", () => Effect.succeed(undefined))
  )

/** The files that wait in storage, as if they had come with the request; they can be used until `release` is run. */
export const lend = (
  files: ReadonlyArray<CustomUploads.WaitingFile>,
  folder: SpoolFolder
): Effect.Effect<
  { readonly files: Readonly<Record<string, UploadedFile.UploadedFile>>; readonly release: Effect.Effect<void> },
  FileStorage.FileStorageError | SpoolError,
  FileStorage.FileStorage
> =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const release = Scope.close(scope, Exit.void)
    const lent = yield* Effect.forEach(files, (file) => asUpload(file, folder)).pipe(
      Scope.extend(scope),
      Effect.onError(() => release)
    )
    return { files: Object.fromEntries(lent.filter((one) => one !== undefined)), release }
  })
