import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import type { FileKey } from "@runner-connector/core"
import { Effect } from "effect"
import { removeEmptyFolder } from "./deletion.ts"
import { isNotFound, KeyRefused, UnusableRoot } from "./errors.ts"
import { type Modes, privateModes } from "./modes.ts"
import { syncPath } from "./sync.ts"

/** The folder of unfinished files inside the root. It is on the same file system, so that a rename is atomic. */
export const TEMP_FOLDER = ".tmp"

type Located<A> = Effect.Effect<A, PlatformError | KeyRefused>

/**
 * The folder of the storage. Every path that it returns lies inside it after symbolic links are resolved. The check and the
 * use are two calls, so a program with write access to the root can create a link in between.
 */
export interface Root {
  readonly tempFolder: string
  /** A folder that is there whenever the volume of the root is mounted. */
  readonly mark: string
  /** The real path of the key's entry. */
  readonly locate: (key: FileKey.FileKey) => Located<string>
  /** The real path of the folder of the key's file. */
  readonly folderOf: (key: FileKey.FileKey) => Located<string>
  /** Like `folderOf`. Creates missing folders. */
  readonly makeFolderOf: (key: FileKey.FileKey) => Located<string>
  /** Removes the key's folder and its parents as far as they are empty. Keeps the root. */
  readonly prune: (key: FileKey.FileKey) => Effect.Effect<void>
}

/** Creates the root and its temporary folder, and resolves their real paths. */
export const openRoot = (
  given: string,
  modes: Modes
): Effect.Effect<Root, UnusableRoot, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    yield* fs.makeDirectory(path.resolve(given), { recursive: true, mode: modes.folder })
    const root = yield* fs.realPath(path.resolve(given))
    const tempFolder = path.join(root, TEMP_FOLDER)
    yield* fs.makeDirectory(tempFolder, { recursive: true, mode: modes.folder })
    if ((yield* fs.realPath(tempFolder)) !== tempFolder) {
      return yield* Effect.fail(new Error(`${tempFolder} is a symbolic link`))
    }
    return makeRoot({ fs, path, root, tempFolder, modes, mark: tempFolder })
  }).pipe(Effect.mapError((cause) => new UnusableRoot({ root: given, cause })))

/** Resolves the real path of a root that is only read. Creates nothing. */
export const openExisting = (given: string): Effect.Effect<Root, UnusableRoot, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const root = yield* fs.realPath(path.resolve(given))
    yield* fs.readDirectory(root)
    return makeRoot({ fs, path, root, tempFolder: path.join(root, TEMP_FOLDER), modes: privateModes, mark: root })
  }).pipe(Effect.mapError((cause) => new UnusableRoot({ root: given, cause })))

const isReserved = (segment: string | undefined): boolean => segment?.toLowerCase() === TEMP_FOLDER

interface Place {
  readonly fs: FileSystem.FileSystem
  readonly path: Path.Path
  readonly root: string
  readonly tempFolder: string
  readonly modes: Modes
  readonly mark: string
}

/** Resolves a path of the storage, and fails when it leads out of it. */
const realIn =
  ({ fs, path, root }: Place) =>
  (key: FileKey.FileKey, place: string): Located<string> =>
    Effect.gen(function* () {
      const found = yield* fs.realPath(place)
      const inside = path.relative(root, found)
      const [first] = inside.split(path.sep)
      if (first === ".." || path.isAbsolute(inside)) return yield* new KeyRefused({ key, reason: "outside" })
      if (isReserved(first)) return yield* new KeyRefused({ key, reason: "reserved" })
      return found
    })

/** Resolves a folder of the storage, after it was made where it was missing. */
const makeIn = (place: Place) => {
  const { fs, modes, path, root } = place
  const real = realIn(place)
  const makeBelow = (parent: string, folder: string) =>
    Effect.gen(function* () {
      const made = path.join(parent, path.basename(folder))
      yield* Effect.catchIf(
        fs.makeDirectory(made, { mode: modes.folder }),
        (error) => error._tag === "SystemError" && error.reason === "AlreadyExists",
        () => Effect.void
      )
      yield* syncPath(fs, parent)
      return made
    })
  const make = (key: FileKey.FileKey, folder: string): Located<string> =>
    Effect.catchIf(
      real(key, folder),
      // A missing root, such as a volume that is no longer mounted, is not created again.
      (error) => isNotFound(error) && folder !== root,
      () =>
        make(key, path.dirname(folder)).pipe(
          Effect.flatMap((parent) => makeBelow(parent, folder)),
          Effect.flatMap((made) => real(key, made))
        )
    )
  return make
}

const makeRoot = (place: Place): Root => {
  const { mark, path, root, tempFolder } = place
  const real = realIn(place)
  const make = makeIn(place)

  const placeOf = (key: FileKey.FileKey): Effect.Effect<string, KeyRefused> =>
    isReserved(key.split("/")[0])
      ? new KeyRefused({ key, reason: "reserved" })
      : Effect.succeed(path.join(root, ...key.split("/")))

  const prune = (folder: string): Effect.Effect<void> =>
    Effect.suspend(() =>
      folder === root
        ? Effect.void
        : Effect.if(removeEmptyFolder(folder), {
            onTrue: () => prune(path.dirname(folder)),
            onFalse: () => Effect.void
          })
    )

  return {
    tempFolder,
    mark,
    locate: (key) => Effect.flatMap(placeOf(key), (found) => real(key, found)),
    folderOf: (key) => Effect.flatMap(placeOf(key), (found) => real(key, path.dirname(found))),
    makeFolderOf: (key) => Effect.flatMap(placeOf(key), (found) => make(key, path.dirname(found))),
    // Stops at a link, because its target does not belong to the storage.
    prune: (key) => Effect.ignore(Effect.flatMap(placeOf(key), (found) => prune(path.dirname(found))))
  }
}
