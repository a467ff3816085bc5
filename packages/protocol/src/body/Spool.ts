import { FileSystem, Path, type Error as Platform } from "@effect/platform"
import { Effect, Exit, Option, Scope, type Stream } from "effect"
import { SpoolError } from "../http/ProtocolErrors.ts"
import * as FileEdits from "./fileEdits.ts"
import { type FileTime, fileTimeBy, isSpool, keepAlive, PREFIX, showLife } from "./spoolFolders.ts"
import * as WriteBehind from "./WriteBehind.ts"

/** The files of one request. The first file creates the folder. */
export interface SpoolFolder {
  /** Creates an empty file under a generated name. The scope closes it. */
  readonly create: Effect.Effect<{ readonly path: string; readonly file: FileSystem.File }, SpoolError, Scope.Scope>
  /** Creates a file that is written while the next bytes arrive. `release` closes it. */
  readonly receive: Effect.Effect<
    { readonly path: string; readonly behind: WriteBehind.WriteBehind<SpoolError> },
    SpoolError
  >
  /** Waits for the syncs of received files that have begun. */
  readonly settle: Effect.Effect<void, SpoolError>
  /** Waits until all received files are on the disk. */
  readonly sync: Effect.Effect<void, SpoolError>
  /** Removes the folder and its files. Idempotent. */
  readonly release: Effect.Effect<void>
}

/** Uploads on the local disk, until they are stored. */
export interface Spool {
  readonly folder: Effect.Effect<SpoolFolder>
  /** Reads a spooled file. */
  readonly read: FileSystem.FileSystem["stream"]
  /** Makes all changes to a spooled file, or none. */
  readonly edit: <E>(
    path: string,
    edits: Stream.Stream<FileEdits.FileEdit, E>
  ) => Effect.Effect<void, E | Platform.PlatformError>
  /**
   * Whether a file of this size is there that a process has spooled in the same parent folder. Keeps the folder of a dead
   * process for another hour, and makes the changes that it has left unfinished.
   */
  readonly find: (path: string, size: number) => Effect.Effect<boolean>
  /** Removes the request's folder in which `find` has found the file. */
  readonly discard: (path: string) => Effect.Effect<void>
}

/** Only this program may read uploads. The temporary folder of a process has the same mode. */
const OWNER_ONLY_FILE = 0o600
const OWNER_ONLY_FOLDER = 0o700

const failed = (operation: SpoolError["operation"]) => (cause: Platform.PlatformError) =>
  new SpoolError({ operation, cause })

/**
 * Creates a folder of this process in `parent`, or in the system's folder for temporary files. After the scope ends, the
 * folder is removed as soon as it is empty, because a result may still be being stored.
 */
export const make = (
  parent: Option.Option<string>
): Effect.Effect<Spool, SpoolError, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const own = yield* makeOwn(fs, path, parent)
    const parentFolder = path.dirname(own)
    const fileTime = yield* Effect.mapError(fileTimeBy(fs, own), failed("prepare"))
    yield* keepAlive(own, fileTime)

    let isClosed = false
    const removeOwn = Effect.suspend(() => (isClosed ? removeWhenEmpty(fs, own) : Effect.void))
    yield* Effect.addFinalizer(() => {
      isClosed = true
      return removeOwn
    })

    let count = 0
    return {
      folder: Effect.sync(() => {
        count += 1
        const name = String(count)
        return makeFolder(fs, path, { folder: () => path.join(own, name), afterRelease: removeOwn })
      }),
      read: fs.stream,
      edit: (file, edits) => FileEdits.edit(fs, file, edits),
      ...makeFinding(fs, path, parentFolder, fileTime)
    }
  })

/** Finds files by the paths under which `create` has made them: process folder, request folder, file. */
const makeFinding = (
  fs: FileSystem.FileSystem,
  path: Path.Path,
  parent: string,
  fileTime: FileTime
): Pick<Spool, "discard" | "find"> => {
  const requestOf = (file: string): Option.Option<string> => {
    const request = path.dirname(file)
    const process = path.dirname(request)
    return path.dirname(process) === parent && isSpool(path.basename(process)) ? Option.some(request) : Option.none()
  }
  return {
    find: (file, size) =>
      Effect.gen(function* () {
        const request = requestOf(file)
        if (Option.isNone(request)) return false
        const info = yield* fs.stat(file)
        yield* showLife(fs, path.dirname(request.value), fileTime)
        if (info.type !== "File" || Number(info.size) !== size) return false
        yield* FileEdits.finish(fs, file)
        return true
      }).pipe(Effect.orElseSucceed(() => false)),
    discard: (file) =>
      Option.match(requestOf(file), {
        onNone: () => Effect.void,
        onSome: (request) => Effect.ignoreLogged(fs.remove(request, { recursive: true, force: true }))
      })
  }
}

/** Its path is absolute: a later process finds the files by it. */
const makeOwn = (
  fs: FileSystem.FileSystem,
  path: Path.Path,
  given: Option.Option<string>
): Effect.Effect<string, SpoolError> =>
  Effect.gen(function* () {
    if (Option.isNone(given)) return yield* fs.makeTempDirectory({ prefix: PREFIX })
    const directory = path.resolve(given.value)
    yield* fs.makeDirectory(directory, { recursive: true, mode: OWNER_ONLY_FOLDER })
    return yield* fs.makeTempDirectory({ directory, prefix: PREFIX })
  }).pipe(Effect.mapError(failed("prepare")))

/** Files that are received into a folder. They stay open until the scope ends, because syncs may outlast the request. */
const makeReceiving = (create: SpoolFolder["create"], scope: Effect.Effect<Scope.Scope>) => {
  const received: Array<WriteBehind.WriteBehind<SpoolError>> = []
  const all = (each: "settle" | "sync") =>
    Effect.suspend(() =>
      received.length === 0
        ? Effect.void
        : Effect.forEach(received, (behind) => behind[each], { concurrency: "unbounded", discard: true })
    )
  const receive = Effect.suspend(() =>
    Effect.gen(function* () {
      const { file, path } = yield* create
      const behind = yield* WriteBehind.make(file, failed("receive"))
      received.push(behind)
      return { path, behind }
    }).pipe((opened) => Effect.flatMap(scope, (one) => Scope.extend(opened, one)))
  )
  return { receive, settle: all("settle"), sync: all("sync") }
}

/** Every request has a folder, and few have files. */
const makeFolder = (
  fs: FileSystem.FileSystem,
  path: Path.Path,
  { afterRelease, folder }: { readonly folder: () => string; readonly afterRelease: Effect.Effect<void> }
): SpoolFolder => {
  let files = 0
  let isReleased = false
  let scope: Scope.CloseableScope | undefined
  const scoped = Effect.suspend(() =>
    scope === undefined
      ? Effect.tap(Scope.make(), (made) => {
          scope = made
        })
      : Effect.succeed(scope)
  )

  const create = Effect.suspend(() =>
    Effect.gen(function* () {
      files += 1
      if (files === 1) yield* fs.makeDirectory(folder(), { mode: OWNER_ONLY_FOLDER })
      const name = path.join(folder(), String(files))
      return { path: name, file: yield* fs.open(name, { flag: "wx", mode: OWNER_ONLY_FILE }) }
      // An interrupted request would release the folder while the system still makes it, and leave it behind.
    }).pipe(Effect.uninterruptible, Effect.mapError(failed("receive")))
  )

  const release = Effect.suspend(() => {
    if (isReleased || files === 0) return Effect.void
    isReleased = true
    return (scope === undefined ? Effect.void : Scope.close(scope, Exit.void)).pipe(
      Effect.zipRight(fs.remove(folder(), { recursive: true, force: true })),
      Effect.catchAll((error) => Effect.logWarning("Cannot remove an upload", error)),
      Effect.zipRight(afterRelease),
      Effect.uninterruptible
    )
  })

  return { create, ...makeReceiving(create, scoped), release }
}

const removeWhenEmpty = (fs: FileSystem.FileSystem, folder: string): Effect.Effect<void> =>
  Effect.gen(function* () {
    const left = yield* fs.readDirectory(folder)
    if (left.length === 0) yield* fs.remove(folder, { recursive: true })
  }).pipe(Effect.ignore)
