import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Tokens } from "@runner-connector/core"
import { Clock, Duration, Effect, Exit, Option, Scope } from "effect"
import { removeFile } from "./deletion.ts"
import type { Modes } from "./modes.ts"

/** An unfinished file under a unique name. */
export interface TempFile {
  readonly path: string
  /** Appends. Uninterruptible: a late write could reach another file that has got the same descriptor. */
  readonly append: (bytes: Uint8Array) => Effect.Effect<void, PlatformError>
  /** Syncs and closes the file. Nothing can be appended afterwards. */
  readonly finish: Effect.Effect<void, PlatformError>
  /** Closes and removes the file. Does nothing when it was renamed. */
  readonly discard: Effect.Effect<void>
}

/** Creates and sweeps the files of one temporary folder. */
export interface TempFiles {
  readonly open: Effect.Effect<TempFile, PlatformError>
  /** Moves the time of every open file, so that no process takes it for abandoned. */
  readonly showLife: Effect.Effect<void>
  /** Removes the files of dead processes: those whose time is older than that. */
  readonly sweep: (olderThan: Duration.Duration) => Effect.Effect<void, PlatformError>
}

export const makeTempFiles = (
  folder: string,
  modes: Modes
): Effect.Effect<TempFiles, PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const unfinished = new Set<string>()
    let counter = 0

    const open = Effect.gen(function* () {
      const { uuid } = yield* Tokens.Identifiers
      counter += 1
      // The number keeps names unique when a test fixes the random part.
      return yield* openTemp(fs, path.join(folder, `${yield* uuid}-${counter}`), modes, unfinished)
    })

    const fileTime = yield* measureFileTime(fs, open)
    return {
      open: Effect.uninterruptible(open),
      showLife: Effect.flatMap(fileTime, (now) => touchAll(fs, [...unfinished], now)),
      sweep: (olderThan) =>
        Effect.flatMap(fileTime, (now) => sweep(fs, path, folder, now - Duration.toMillis(olderThan)))
    }
  })

/** Creates the file, and keeps its path among the unfinished ones until it is closed. */
const openTemp = (fs: FileSystem.FileSystem, place: string, modes: Modes, unfinished: Set<string>) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const file = yield* Scope.extend(fs.open(place, { flag: "wx", mode: modes.file }), scope)
    unfinished.add(place)
    const close = Effect.zipRight(
      Effect.sync(() => unfinished.delete(place)),
      Scope.close(scope, Exit.void)
    )
    return {
      path: place,
      append: (bytes: Uint8Array) => (bytes.length === 0 ? Effect.void : Effect.uninterruptible(file.writeAll(bytes))),
      finish: Effect.uninterruptible(Effect.zipRight(file.sync, close)),
      discard: Effect.zipRight(close, Effect.ignoreLogged(removeFile(place)))
    }
  })

/**
 * The time by the clock of the file system, which may differ from that of the server. Measured once, by a new file, which
 * also shows that files can be created.
 */
const measureFileTime = (fs: FileSystem.FileSystem, open: TempFiles["open"]) =>
  Effect.gen(function* () {
    const created = yield* Effect.acquireUseRelease(
      open,
      (temp) => fs.stat(temp.path),
      (temp) => temp.discard
    )
    const here = yield* Clock.currentTimeMillis
    const there = Option.match(created.mtime, { onNone: () => here, onSome: (time) => time.getTime() })
    return Effect.map(Clock.currentTimeMillis, (now) => now + there - here)
  })

const touchAll = (fs: FileSystem.FileSystem, places: ReadonlyArray<string>, millis: number) => {
  const now = new Date(millis)
  return Effect.forEach(places, (place) => Effect.ignore(fs.utimes(place, now, now)), { discard: true })
}

const sweep = (fs: FileSystem.FileSystem, path: Path.Path, folder: string, before: number) =>
  Effect.gen(function* () {
    const sweepOne = (name: string) =>
      Effect.gen(function* () {
        const { mtime } = yield* fs.stat(path.join(folder, name))
        if (Option.exists(mtime, (time) => time.getTime() < before)) yield* removeFile(path.join(folder, name))
      }).pipe(Effect.ignoreLogged)
    yield* Effect.forEach(yield* fs.readDirectory(folder), sweepOne, { discard: true })
  })
