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
  /** Removes files that were not written to for this long. Their processes are dead. */
  readonly sweep: (olderThan: Duration.Duration) => Effect.Effect<void, PlatformError>
}

export const makeTempFiles = (
  folder: string,
  modes: Modes
): Effect.Effect<TempFiles, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    let counter = 0

    const open = Effect.gen(function* () {
      const { uuid } = yield* Tokens.Identifiers
      counter += 1
      // The number keeps names unique when a test fixes the random part.
      const place = path.join(folder, `${yield* uuid}-${counter}`)
      const scope = yield* Scope.make()
      const file = yield* Scope.extend(fs.open(place, { flag: "wx", mode: modes.file }), scope)
      const close = Scope.close(scope, Exit.void)
      return {
        path: place,
        append: (bytes: Uint8Array) =>
          bytes.length === 0 ? Effect.void : Effect.uninterruptible(file.writeAll(bytes)),
        finish: Effect.uninterruptible(Effect.zipRight(file.sync, close)),
        discard: Effect.zipRight(close, Effect.ignoreLogged(removeFile(place)))
      }
    })

    return {
      open: Effect.uninterruptible(open),
      sweep: (olderThan) => sweep(fs, path, folder, olderThan)
    }
  })

const sweep = (fs: FileSystem.FileSystem, path: Path.Path, folder: string, olderThan: Duration.Duration) =>
  Effect.gen(function* () {
    const before = (yield* Clock.currentTimeMillis) - Duration.toMillis(olderThan)
    const sweepOne = (name: string) =>
      Effect.gen(function* () {
        const { mtime } = yield* fs.stat(path.join(folder, name))
        if (Option.exists(mtime, (time) => time.getTime() < before)) yield* removeFile(path.join(folder, name))
      }).pipe(Effect.ignoreLogged)
    yield* Effect.forEach(yield* fs.readDirectory(folder), sweepOne, { discard: true })
  })
