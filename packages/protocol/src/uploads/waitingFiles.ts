import { isPlatformError } from "@effect/platform/Error"
import { type CustomUploads, type FileKey, FileStorage, MediaTypes, UploadedFile } from "@runner-connector/core"
import { Effect, Exit, Scope, Stream } from "effect"
import * as FileEdits from "../body/fileEdits.ts"
import type { SpoolFolder } from "../body/Spool.ts"
import { SpoolError } from "../http/ProtocolErrors.ts"

type Refusal = FileStorage.FileNotFound | FileStorage.FileStorageError | SpoolError

/** Copies the file into the request's folder, which removes it. The scope closes the copy. */
const copyOf = (key: FileKey.FileKey, folder: SpoolFolder) =>
  Effect.gen(function* () {
    const storage = yield* FileStorage.FileStorage
    const copy = yield* folder.create
    yield* Stream.runForEach(storage.read(key), (bytes) =>
      Effect.mapError(copy.file.writeAll(bytes), (cause) => new SpoolError({ operation: "receive", cause }))
    )
    return copy
  })

/** Returns a local path of the file: the storage's own, otherwise a copy. */
const pathOf = (
  key: FileKey.FileKey,
  folder: SpoolFolder
): Effect.Effect<string, Refusal, FileStorage.FileStorage | Scope.Scope> =>
  Effect.gen(function* () {
    const storage = yield* FileStorage.FileStorage
    const source = yield* storage.source(key)
    return source._tag === "Path" ? source.path : (yield* copyOf(key, folder)).path
  })

const unreadable = (cause: unknown) => new UploadedFile.UploadError({ cause })

const asUpload = ({ file, key }: CustomUploads.WaitingFile, folder: SpoolFolder) =>
  Effect.gen(function* () {
    const storage = yield* FileStorage.FileStorage
    const { size } = yield* storage.stat(key)
    const path = yield* pathOf(key, folder)
    const read = (range?: FileStorage.ByteRange) => Stream.mapError(storage.read(key, range), unreadable)
    // The stored file stays as the runner has sent it, so that a later attempt to store the result begins with it again.
    const edited = <E>(edits: Stream.Stream<FileEdits.FileEdit, E>) =>
      Effect.gen(function* () {
        const copy = yield* Effect.mapError(copyOf(key, folder), unreadable)
        yield* Effect.catchIf(FileEdits.write(copy.file, edits), isPlatformError, unreadable)
        return copy.path
      }).pipe(Effect.scoped, Effect.provideService(FileStorage.FileStorage, storage))
    const upload = { path, contentType: MediaTypes.mediaTypeOf(key), size, content: read(), read, edited }
    return [file, new UploadedFile.UploadedFile(upload)] as const
  }).pipe(
    // The upload was recorded and then broke off.
    Effect.catchTag("FileNotFound", () => Effect.succeed(undefined))
  )

/** Returns stored files as if they had come with the request. They stay usable until `release` runs. */
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
