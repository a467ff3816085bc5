import { FileSystem, Path, type Error as Platform } from "@effect/platform"
import { DateTime, Duration, Effect, Option, Schedule, type Scope } from "effect"
import { SpoolError } from "../http/ProtocolErrors.ts"

/** The files of one request. The first file creates the folder. */
export interface SpoolFolder {
  /** Creates an empty file under a generated name. The scope closes it. */
  readonly create: Effect.Effect<{ readonly path: string; readonly file: FileSystem.File }, SpoolError, Scope.Scope>
  /** Removes the folder and its files. Idempotent. */
  readonly release: Effect.Effect<void>
}

/** Uploads on the local disk, until they are stored. */
export interface Spool {
  readonly folder: Effect.Effect<SpoolFolder>
  /** Reads a spooled file. */
  readonly read: FileSystem.FileSystem["stream"]
}

const PREFIX = "runner-connector-spool-"
const SIGN_OF_LIFE = Duration.hours(1)
const ABANDONED = Duration.days(1)
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
    const own = yield* makeOwn(fs, parent)
    yield* sweep(fs, path, path.dirname(own))
    yield* Effect.forkScoped(Effect.schedule(showLife(fs, own), Schedule.spaced(SIGN_OF_LIFE)))

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
        return makeFolder(fs, path, { folder: path.join(own, String(count)), afterRelease: removeOwn })
      }),
      read: fs.stream
    }
  })

const makeOwn = (fs: FileSystem.FileSystem, parent: Option.Option<string>): Effect.Effect<string, SpoolError> =>
  Effect.gen(function* () {
    if (Option.isNone(parent)) return yield* fs.makeTempDirectory({ prefix: PREFIX })
    yield* fs.makeDirectory(parent.value, { recursive: true, mode: OWNER_ONLY_FOLDER })
    return yield* fs.makeTempDirectory({ directory: parent.value, prefix: PREFIX })
  }).pipe(Effect.mapError(failed("prepare")))

const makeFolder = (
  fs: FileSystem.FileSystem,
  path: Path.Path,
  { afterRelease, folder }: { readonly folder: string; readonly afterRelease: Effect.Effect<void> }
): SpoolFolder => {
  let files = 0
  let isReleased = false

  const create = Effect.gen(function* () {
    if (files === 0) yield* fs.makeDirectory(folder, { mode: OWNER_ONLY_FOLDER })
    files += 1
    const name = path.join(folder, String(files))
    return { path: name, file: yield* fs.open(name, { flag: "wx", mode: OWNER_ONLY_FILE }) }
  }).pipe(Effect.mapError(failed("receive")))

  const release = Effect.suspend(() => {
    if (isReleased || files === 0) return Effect.void
    isReleased = true
    return fs.remove(folder, { recursive: true, force: true }).pipe(
      Effect.catchAll((error) => Effect.logWarning("Cannot remove an upload", error)),
      Effect.zipRight(afterRelease)
    )
  })

  return { create, release: Effect.uninterruptible(release) }
}

/**
 * Removes folders of processes that ended without cleaning up. Processes of several machines may share the parent folder, so
 * the modification time of a folder shows whether its process lives, and not a process number.
 */
const sweep = (fs: FileSystem.FileSystem, path: Path.Path, parent: string): Effect.Effect<void> =>
  Effect.gen(function* () {
    const oldest = DateTime.toEpochMillis(DateTime.subtractDuration(yield* DateTime.now, ABANDONED))
    const names = yield* fs.readDirectory(parent)
    const folders = names.filter((name) => name.startsWith(PREFIX)).map((name) => path.join(parent, name))
    yield* Effect.forEach(folders, (folder) => Effect.ignore(removeOlder(fs, folder, oldest)))
  }).pipe(Effect.catchAll((error) => Effect.logDebug("Cannot look for abandoned uploads", error)))

const removeOlder = (fs: FileSystem.FileSystem, folder: string, oldest: number) =>
  Effect.gen(function* () {
    const { mtime, type } = yield* fs.stat(folder)
    const isOld = Option.exists(mtime, (at) => at.getTime() < oldest)
    if (type === "Directory" && isOld) yield* fs.remove(folder, { recursive: true, force: true })
  })

/** Updates the modification time of the folder, to show that this process lives. */
const showLife = (fs: FileSystem.FileSystem, folder: string): Effect.Effect<void> =>
  Effect.gen(function* () {
    const now = DateTime.toDate(yield* DateTime.now)
    yield* Effect.ignore(fs.utimes(folder, now, now))
  })

const removeWhenEmpty = (fs: FileSystem.FileSystem, folder: string): Effect.Effect<void> =>
  Effect.gen(function* () {
    const left = yield* fs.readDirectory(folder)
    if (left.length === 0) yield* fs.remove(folder, { recursive: true })
  }).pipe(Effect.ignore)
