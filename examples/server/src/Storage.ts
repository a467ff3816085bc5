import { type FileSystem, Path } from "@effect/platform"
import type { FileStorage } from "@runner-connector/core"
import { FsStorage } from "@runner-connector/storage-fs"
import type { S3Storage } from "@runner-connector/storage-s3"
import { Effect, Layer, Option } from "effect"
import { Settings } from "./Settings.ts"

type Needs = FileSystem.FileSystem | Path.Path

/** The folder of the storage in the data folder. */
export const folderOf = (dataDir: string): Effect.Effect<string, never, Path.Path> =>
  Effect.map(Path.Path, (path) => path.resolve(dataDir, "storage"))

/** A storage in a bucket. The SDK is installed, and loaded, only for servers with `S3_BUCKET`. */
export const inBucket = (
  options: S3Storage.S3StorageOptions
): Layer.Layer<FileStorage.FileStorage, S3Storage.UnusableBucket, Needs> =>
  Layer.unwrapEffect(
    Effect.map(
      Effect.promise(() => import("@runner-connector/storage-s3")),
      ({ S3Storage }) => S3Storage.layer(options)
    )
  )

type StorageLayer = Layer.Layer<FileStorage.FileStorage, FsStorage.UnusableRoot | S3Storage.UnusableBucket, Needs>

/** The storage in the bucket of `S3_BUCKET`, otherwise in the data folder. */
export const layer: Layer.Layer<
  FileStorage.FileStorage,
  FsStorage.UnusableRoot | S3Storage.UnusableBucket,
  Settings | Needs
> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { dataDir, s3 } = yield* Settings
    const chosen: StorageLayer = Option.isSome(s3)
      ? inBucket(s3.value.storage)
      : FsStorage.layer({ root: yield* folderOf(dataDir) })
    return chosen
  })
)
