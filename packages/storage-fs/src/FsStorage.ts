import { FileSystem, Path } from "@effect/platform"
import { FileStorage, MediaSource } from "@runner-connector/core"
import { Config, type ConfigError, Duration, Effect, Layer, Option, Stream } from "effect"
import { removeFile } from "./deletion.ts"
import { failed, type UnusableRoot } from "./errors.ts"
import { makeReader } from "./Reader.ts"
import { openRoot } from "./Root.ts"
import { makeTempFiles } from "./TempFiles.ts"
import { makeWriter } from "./Writer.ts"

export { KeyRefused, UnusableRoot } from "./errors.ts"

/** How the storage is set up. */
export interface FsStorageOptions {
  /** The folder of the files; made when it is missing. Links in this path are followed once, when the layer is built. */
  readonly root: string
  /**
   * An unfinished file of which nothing was heard for so long was left by a dead process and is removed when the layer
   * is built. Default: one day, longer than any upload pauses.
   */
  readonly sweepAfter?: Duration.DurationInput | undefined
}

const make = (options: FsStorageOptions) =>
  Effect.gen(function* () {
    const root = yield* openRoot(options.root)
    const temps = yield* makeTempFiles(root.tempFolder)
    yield* temps.sweep(Duration.decode(options.sweepAfter ?? "1 day"))
    const reader = yield* makeReader(root)
    const writer = yield* makeWriter(root, temps)

    return FileStorage.of({
      write: writer.write,
      adopt: writer.adopt,
      read: reader.read,
      stat: reader.stat,
      remove: Effect.fn("FsStorage.remove")(function* (key) {
        const place = yield* 
      }),
      downloadUrl: () => Effect.succeedNone,
      source: Effect.fn("FsStorage.source")((key) =>
        Effect.map(reader.find("source", key), ({ place }) => MediaSource.Path({ path: place }))
      )
    })
  })
