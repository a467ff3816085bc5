import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { type FileKey, type FileStorage, spanned } from "@runner-connector/core"
import { Clock, Effect, Option, Stream } from "effect"
import { removeFile, removeWholeFolder } from "./deletion.ts"
import { codeOf, failed, isAbsent, isNotFound, type KeyRefused } from "./errors.ts"
import type { Modes } from "./modes.ts"
import type { Root } from "./Root.ts"
import { readChunks } from "./readChunks.ts"
import { syncPath } from "./sync.ts"
import type { TempFiles } from "./TempFiles.ts"

/** The half of the storage that changes files. */
export type FileWriter = Pick<FileStorage.FileStorage["Type"], "write" | "adopt" | "remove" | "removeFolder">

/** Errors for files on another file system and for files of another user, which are copied instead of moved. */
const NOT_MOVABLE: ReadonlySet<unknown> = new Set(["EXDEV", "EPERM"])

/** A removal of the last file can delete a folder between its creation and its use. */
const FOLDER_TRIES = 100

interface Tools {
  readonly fs: FileSystem.FileSystem
  readonly path: Path.Path
  readonly root: Root
  readonly temps: TempFiles
  readonly modes: Modes
  /** Gives a file a time that no other file of this process has. */
  readonly touch: (path: string) => Effect.Effect<void, PlatformError>
}

const makeTouch = (fs: FileSystem.FileSystem): Tools["touch"] => {
  let last = 0
  return (path) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      last = Math.max(now, last + 1)
      return Effect.uninterruptible(fs.utimes(path, new Date(last), new Date(last)))
    })
}

/** Refuses an invalid key before its content is read. */
const check = ({ root }: Tools, key: FileKey.FileKey): Effect.Effect<void, PlatformError | KeyRefused> =>
  Effect.catchIf(Effect.asVoid(root.folderOf(key)), isNotFound, () => Effect.void)

/** Renames a finished file to its place. Durable when this returns. */
const publish = ({ fs, path, root }: Tools, key: FileKey.FileKey, from: string) =>
  Effect.gen(function* () {
    const folder = yield* root.makeFolderOf(key)
    yield* fs.rename(from, path.join(folder, path.basename(key)))
    return folder
  }).pipe(
    Effect.retry({ while: isNotFound, times: FOLDER_TRIES }),
    Effect.flatMap((folder) => syncPath(fs, folder)),
    Effect.uninterruptible
  )

const store = <E, R>(
  tools: Tools,
  operation: FileStorage.FileStorageError["operation"],
  key: FileKey.FileKey,
  content: Stream.Stream<Uint8Array, E, R>
): Effect.Effect<void, E | FileStorage.FileStorageError, R> => {
  const orFailed = Effect.mapError(failed(operation, key))
  return Effect.acquireUseRelease(
    orFailed(Effect.zipRight(check(tools, key), tools.temps.open)),
    (temp) =>
      Effect.gen(function* () {
        yield* Stream.runForEach(content, (bytes) => orFailed(temp.append(bytes)))
        yield* orFailed(tools.touch(temp.path))
        yield* orFailed(temp.finish)
        yield* orFailed(publish(tools, key, temp.path))
      }),
    (temp) => temp.discard
  )
}

const moveIn = (tools: Tools, key: FileKey.FileKey, given: string) =>
  Effect.gen(function* () {
    yield* check(tools, key)
    yield* tools.fs.chmod(given, tools.modes.file)
    yield* tools.touch(given)
    yield* syncPath(tools.fs, given)
    yield* publish(tools, key, given)
  })

/** Removes the original only after the copy is in place, so that a failed `adopt` can be repeated. */
const copyIn = (tools: Tools, key: FileKey.FileKey, given: string) => {
  const content = Stream.mapError(readChunks(tools.fs, given), failed("adopt", key))
  return Effect.zipRight(store(tools, "adopt", key, content), Effect.mapError(removeFile(given), failed("adopt", key)))
}

const adopt = (tools: Tools, key: FileKey.FileKey, given: string): Effect.Effect<void, FileStorage.FileStorageError> =>
  Effect.gen(function* () {
    const orFailed = Effect.mapError(failed("adopt", key))
    const info = yield* orFailed(tools.fs.stat(given))
    if (info.type !== "File") return yield* failed("adopt", key)(new Error(`${given} is not a file`))
    // A file with a second name could be changed under that name, so it is copied.
    const isLink = yield* Effect.isSuccess(tools.fs.readLink(given))
    if (isLink || Option.exists(info.nlink, (names) => names > 1)) return yield* copyIn(tools, key, given)
    yield* Effect.catchAll(moveIn(tools, key, given), (error) =>
      NOT_MOVABLE.has(codeOf(error)) ? copyIn(tools, key, given) : failed("adopt", key)(error)
    )
  })

/**
 * Removes what stands in the place of the key, and the folders above it that are empty then. They may be empty without a
 * file there: a process that died between making the folder and moving the file there left it.
 */
const clear =
  (operation: "remove" | "removeFolder", take: (place: string) => Effect.Effect<unknown, Error>) =>
  ({ path, root }: Tools, key: FileKey.FileKey): Effect.Effect<void, FileStorage.FileStorageError> =>
    root.folderOf(key).pipe(
      Effect.flatMap((folder) => take(path.join(folder, path.basename(key)))),
      Effect.zipRight(root.prune(key)),
      Effect.catchIf(
        (error) => "reason" in error && isAbsent(error),
        () => Effect.void
      ),
      Effect.mapError(failed(operation, key))
    )

const remove = clear("remove", removeFile)

const removeFolder = clear("removeFolder", removeWholeFolder)

export const makeFileWriter = ({
  modes,
  root,
  temps
}: Pick<Tools, "modes" | "root" | "temps">): Effect.Effect<FileWriter, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const tools: Tools = { fs, path, root, temps, modes, touch: makeTouch(fs) }
    return {
      write: (key, content) =>
        Effect.withSpan(store(tools, "write", key, content), "FsStorage.write", { attributes: { key } }),
      adopt: spanned("FsStorage.adopt")((key, given) => adopt(tools, key, given)),
      remove: spanned("FsStorage.remove")((key) => remove(tools, key)),
      removeFolder: spanned("FsStorage.removeFolder")((key) => removeFolder(tools, key))
    }
  })
