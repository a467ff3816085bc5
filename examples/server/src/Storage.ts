import { type FileSystem, Path } from "@effect/platform"
import type { FileStorage } from "@runner-connector/core"
import { FsStorage } from "@runner-connector/storage-fs"
import { Effect, Layer } from "effect"
import { Settings } from "./Settings.ts"

/** The storage in the data folder. */
export const layer: Layer.Layer<
  FileStorage.FileStorage,
  FsStorage.UnusableRoot,
  Settings | FileSystem.FileSystem | Path.Path
> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { dataDir } = yield* Settings
    const path = yield* Path.Path
    return FsStorage.layer({ root: path.resolve(dataDir, "storage") })
  })
)
