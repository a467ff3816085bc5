import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Clock, Duration, Effect, Option, Schedule, type Scope } from "effect"

/** The names of the processes' folders begin with this. */
export const PREFIX = "runner-connector-spool-"

const SIGN_OF_LIFE = Duration.minutes(1)
const SWEEP = Duration.minutes(10)
/** Longer than the window in which a received result can be resumed. */
const ABANDONED = Duration.hours(1)

export const isSpool = (name: string): boolean => name.startsWith(PREFIX)

/**
 * The time by the clock of the file system, which may differ from that of the server. Measured once, by a folder that was
 * created just now.
 */
export type FileTime = Effect.Effect<number>

export const fileTimeBy = (fs: FileSystem.FileSystem, newFolder: string): Effect.Effect<FileTime, PlatformError> =>
  Effect.gen(function* () {
    const created = yield* fs.stat(newFolder)
    const here = yield* Clock.currentTimeMillis
    const there = Option.match(created.mtime, { onNone: () => here, onSome: (time) => time.getTime() })
    return Effect.map(Clock.currentTimeMillis, (now) => now + there - here)
  })

/** Moves the time of a process's folder, so that no process takes it for abandoned. */
export const showLife = (fs: FileSystem.FileSystem, folder: string, fileTime: FileTime): Effect.Effect<void> =>
  Effect.flatMap(fileTime, (millis) => {
    const now = new Date(millis)
    return Effect.ignore(fs.utimes(folder, now, now))
  })

const removeOlder = (fs: FileSystem.FileSystem, folder: string, oldest: number) =>
  Effect.gen(function* () {
    const { mtime, type } = yield* fs.stat(folder)
    const isOld = Option.exists(mtime, (at) => at.getTime() < oldest)
    if (type === "Directory" && isOld) yield* fs.remove(folder, { recursive: true, force: true })
  })

/**
 * Removes the folders of dead processes. Processes may share the parent folder, even across machines. So the time of a
 * folder tells whether its process lives, not a process number.
 */
const sweepBeside = (
  fs: FileSystem.FileSystem,
  path: Path.Path,
  own: string,
  fileTime: FileTime
): Effect.Effect<void> =>
  Effect.gen(function* () {
    const oldest = (yield* fileTime) - Duration.toMillis(ABANDONED)
    const parent = path.dirname(own)
    const names = yield* fs.readDirectory(parent)
    const folders = names
      .filter(isSpool)
      .map((name) => path.join(parent, name))
      .filter((folder) => folder !== own)
    yield* Effect.forEach(folders, (folder) => Effect.ignore(removeOlder(fs, folder, oldest)), { discard: true })
  }).pipe(Effect.catchAll((error) => Effect.logDebug("Cannot look for abandoned uploads", error)))

/** Shows that the process of this folder lives, and removes the folders of dead ones, until the scope ends. */
export const keepAlive = (
  own: string,
  fileTime: FileTime
): Effect.Effect<void, never, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const sweep = sweepBeside(fs, path, own, fileTime)
    yield* sweep
    yield* Effect.forkScoped(Effect.schedule(showLife(fs, own, fileTime), Schedule.spaced(SIGN_OF_LIFE)))
    yield* Effect.forkScoped(Effect.schedule(sweep, Schedule.spaced(SWEEP)))
  })
