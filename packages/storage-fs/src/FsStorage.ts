import type { FileSystem, Path } from "@effect/platform"
import { FileStorage, spanned } from "@runner-connector/core"
import { Config, type ConfigError, Duration, Effect, Layer, Schedule } from "effect"
import { UnusableRoot } from "./errors.ts"
import { type FileReader, makeFileReader } from "./FileReader.ts"
import { makeFileWriter } from "./FileWriter.ts"
import { type Modes, privateModes, readableModes } from "./modes.ts"
import { openExisting, openRoot, type Root } from "./Root.ts"
import { makeTempFiles } from "./TempFiles.ts"

export { KeyRefused, UnusableRoot } from "./errors.ts"

/** Options of `layer`. */
export interface FsStorageOptions {
  /** The folder of the files. Created when missing. Links in this path are resolved once, when the layer is built. */
  readonly root: string
  /**
   * Unfinished files without a sign of life for this long are removed, at the start and periodically: their process is
   * dead. (Default: 1 hour.)
   */
  readonly sweepAfter?: Duration.DurationInput | undefined
  /**
   * New files get the mode 0644 and new folders 0755, for a web server that runs as another user. By default they get 0600
   * and 0700. The modes of what exists already stay.
   */
  readonly readableByOthers?: boolean | undefined
}

/**
 * Creates a file to fail now rather than at the first upload when that is impossible. Sweeps, and then shows signs of life
 * and sweeps again until the scope ends.
 */
const prepareTempFiles = (root: Root, modes: Modes, options: FsStorageOptions) =>
  Effect.gen(function* () {
    const temps = yield* makeTempFiles(root.tempFolder, modes)
    const sweepAfter = Duration.decode(options.sweepAfter ?? "1 hour")
    const sweep = temps.sweep(sweepAfter)
    yield* sweep
    const round = Effect.zipRight(
      temps.showLife,
      Effect.catchAll(sweep, (cause) => Effect.logWarning("Unfinished files could not be swept", cause))
    )
    yield* Effect.forkScoped(Effect.schedule(round, Schedule.spaced(Duration.times(sweepAfter, 1 / 4))))
    return temps
  }).pipe(Effect.mapError((cause) => new UnusableRoot({ root: options.root, cause })))

const sourceOf = (reader: FileReader): FileStorage.FileStorage["Type"]["source"] =>
  spanned("FsStorage.source")(function* (key) {
    const { place } = yield* reader.find("source", key)
    return FileStorage.MediaSource.Path({ path: place })
  })

const make = (options: FsStorageOptions) =>
  Effect.gen(function* () {
    const modes = options.readableByOthers === true ? readableModes : privateModes
    const root = yield* openRoot(options.root, modes)
    const temps = yield* prepareTempFiles(root, modes, options)
    const reader = yield* makeFileReader(root)
    const writer = yield* makeFileWriter({ root, temps, modes })
    return FileStorage.FileStorage.of({
      ...writer,
      read: reader.read,
      stat: reader.stat,
      downloadUrl: () => Effect.succeedNone,
      source: sourceOf(reader)
    })
  })

/** The reading half of a storage. */
export type ReadOnly = Pick<FileStorage.FileStorage["Type"], "read" | "stat" | "source">

/** Reads the files of an existing folder of any program. Creates nothing in it, so that it may be mounted read-only. */
export const openReadOnly = (root: string): Effect.Effect<ReadOnly, UnusableRoot, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const reader = yield* makeFileReader(yield* openExisting(root))
    return { read: reader.read, stat: reader.stat, source: sourceOf(reader) }
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
  Layer.scoped(FileStorage.FileStorage, make(options))

/** Like `layer`, with options from the host's configuration. */
export const layerConfig = (
  options: Config.Config.Wrap<FsStorageOptions>
): Layer.Layer<FileStorage.FileStorage, UnusableRoot | ConfigError.ConfigError, FileSystem.FileSystem | Path.Path> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))
