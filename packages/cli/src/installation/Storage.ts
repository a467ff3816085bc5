import { type FileSystem, Path } from "@effect/platform"
import type { FileStorage } from "@runner-connector/core"
import { FsStorage } from "@runner-connector/storage-fs"
import type { S3Storage } from "@runner-connector/storage-s3"
import type { S3StorageOptions } from "@runner-connector/storage-s3/config"
import { Effect, Layer, Option } from "effect"
import type { Refusal } from "../Refusal.ts"
import { Installation } from "./Installation.ts"
import { loadOptional } from "./optionalPackages.ts"

type Needs = FileSystem.FileSystem | Path.Path

/** Why a storage cannot be opened. */
export type StorageFailure = FsStorage.UnusableRoot | S3Storage.UnusableBucket | Refusal

/** The folder of the storage in the data folder. */
export const folderOf = (dataDir: string): Effect.Effect<string, never, Path.Path> =>
  Effect.map(Path.Path, (path) => path.resolve(dataDir, "storage"))

/** A storage in a bucket. Loads the SDK, which only installations with a bucket have. */
export const inBucket = (
  options: S3StorageOptions.S3StorageOptions
): Layer.Layer<FileStorage.FileStorage, StorageFailure, Needs> =>
  Layer.unwrapEffect(
    Effect.map(
      loadOptional("A bucket", () => import("@runner-connector/storage-s3")),
      ({ S3Storage }) => S3Storage.layer(options)
    )
  )

/** The storage of the installation: its bucket, otherwise the data folder. */
export const layer: Layer.Layer<FileStorage.FileStorage, StorageFailure, Installation | Needs> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { dataDir, s3 } = yield* Installation
    return Option.isSome(s3) ? inBucket(s3.value) : FsStorage.layer({ root: yield* folderOf(dataDir) })
  })
)
