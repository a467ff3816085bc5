import { Effect, Exit, Scope, Stream } from "effect"
import type { FileKey } from "../domain/FileKey.ts"
import { UploadError, UploadedFile } from "../jobs/UploadedFile.ts"
import { type ByteRange, type FileNotFound, FileStorage, type FileStorageError } from "../ports/FileStorage.ts"
import type { WaitingFile } from "../usecases/runner/CustomUploads.ts"
import { mediaTypeOf } from "./mediaTypes.ts"
import { SpoolError } from "./ProtocolErrors.ts"
import type { SpoolFolder } from "./Spool.ts"

type Refusal = FileNotFound | FileStorageError | SpoolError

/** A path of this machine at which the file is: where the storage has it, or else a copy among the request's files. */
const pathOf = (key: FileKey, folder: SpoolFolder): Effect.Effect<string, Refusal, FileStorage | Scope.Scope> =>
  Effect.gen(function* () {
    const storage = yield* FileStorage
    const source = yield* storage.source(key)
    if (source._tag === "Path") return source.path
    const { file, path } = yield* folder.create
    yield* Stream.runForEach(storage.read(key), (bytes) =>
      Effect.mapError(file.writeAll(bytes), (cause) => new SpoolError({ operation: "receive", cause }))
    )
    return path
  })

const asUpload = ({ file, key }: WaitingFile, folder: SpoolFolder) =>
  Effect.gen(function* () {
    const storage = yield* FileStorage
    const { size } = yield* storage.stat(key)
    const path = yield* pathOf(key, folder)
    const read = (range?: ByteRange) => Stream.mapError(storage.read(key, range), (cause) => new UploadError({ cause }))
    return [file, new UploadedFile({ path, contentType: mediaTypeOf(key), size, content: read(), read })] as const
  }).pipe(
    // Noted, and not there: its upload broke off.
    Effect.catchTag("FileNotFound", () => Effect.succeed(undefined))
  )

/** The files that wait in storage, as if they had come with the request; they can be used until `release` is run. */
export const lend = (
  files: ReadonlyArray<WaitingFile>,
  folder: SpoolFolder
): Effect.Effect<
  { readonly files: Readonly<Record<string, UploadedFile>>; readonly release: Effect.Effect<void> },
  FileStorageError | SpoolError,
  FileStorage
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
