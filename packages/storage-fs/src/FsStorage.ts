import type { FileSystem, Path } from "@effect/platform"
import { FileStorage } from "@runner-connector/core"
import { Config, type ConfigError, Duration, Effect, Layer } from "effect"
import { UnusableRoot } from "./errors.ts"
import { makeFileReader } from "./FileReader.ts"
import { makeFileWriter } from "./FileWriter.ts"
import { privateModes, readableModes } from "./modes.ts"
import { openRoot } from "./Root.ts"
import { makeTempFiles, type TempFiles } from "./TempFiles.ts"

export { KeyRefused, UnusableRoot } from "./errors.ts"

/** Options of `layer`. */
export interface FsStorageOptions {
  /** The folder of the files. Created when missing. Links in this path are resolved once, when the layer is built. */
  readonly root: string
  /**
   * Unfinished files that were not written to for this long are removed when the layer is built: their process is dead.
   * (Default: 1 day, which is longer than any upload pauses.)
   */
  readonly sweepAfter?: Duration.DurationInput | undefined
  /**
   * New files get the mode 0644 and new folders 0755, for a web server that runs as another user. By default they get 0600
   * and 0700. The modes of what exists already stay.
   */
  readonly readableByOthers?: boolean | undefined
}

/** Sweeps, and creates a file to detect an unusable folder at the start instead of at the first upload. */
const prepare = (temps: TempFiles, options: FsStorageOptions) =>
  Effect.zipRight(
    temps.sweep(Duration.decode(options.sweepAfter ?? "1 day")),
    Effect.flatMap(temps.open, (temp) => temp.discard)
  ).pipe(Effect.mapError((cause) => new UnusableRoot({ root: options.root, cause })))

const make = (options: FsStorageOptions) =>
  Effect.gen(function* () {
    const modes = options.readableByOthers === true ? readableModes : privateModes
    const root = yield* openRoot(options.root, modes)
    const temps = yield* makeTempFiles(root.tempFolder, modes)
    yield* prepare(temps, options)
    const reader = yield* makeFileReader(root)
    const writer = yield* makeFileWriter({ root, temps, modes })
    return FileStorage.FileStorage.of({
      ...writer,
      read: reader.read,
      stat: reader.stat,
      downloadUrl: () => Effect.succeedNone,
      source: Effect.fn("FsStorage.source")(function* (key) {
        const { place } = yield* reader.find("source", key)
        return FileStorage.MediaSource.Path({ path: place })
      })
    })
  })

/**
 * Stores every file under its key in one folder, on this machine or on a volume that several machines mount.
 *
 * - A file is written to a temporary file, synced and renamed. A reader finds the whole old or the whole new content, also
 *   after a crash or a power cut. Files are durable when `write` or `adopt` returns. Removals become durable later.
 * - No key leads out of the folder, also not through symbolic links. The exception is a link that another program with
 *   write access creates between the check and the use.
 */
export const layer = (
  options: FsStorageOptions
): Layer.Layer<FileStorage.FileStorage, UnusableRoot, FileSystem.FileSystem | Path.Path> =>
  Layer.effect(FileStorage.FileStorage, make(options))

/** Like `layer`, with options from the host's configuration. */
export const layerConfig = (
  options: Config.Config.Wrap<FsStorageOptions>
): Layer.Layer<FileStorage.FileStorage, UnusableRoot | ConfigError.ConfigError, FileSystem.FileSystem | Path.Path> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))
