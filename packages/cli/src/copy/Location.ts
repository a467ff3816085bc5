import { FileSystem, Path } from "@effect/platform"
import { FileKey, FileStorage } from "@runner-connector/core"
import { FsStorage } from "@runner-connector/storage-fs"
import { type ConfigError, Context, Effect, Layer, type Scope, Stream } from "effect"
import { loadOptional } from "../installation/optionalPackages.ts"
import { inBucket, type StorageFailure } from "../installation/Storage.ts"
import { Refusal } from "../Refusal.ts"

type Needs = FileSystem.FileSystem | Path.Path

/** A storage that files are copied from or to. */
export interface Location {
  /** As the operator has written it, with a complete path. */
  readonly name: string
  readonly layer: Layer.Layer<FileStorage.FileStorage, StorageFailure, Needs>
  /** Read access to its files. Creates nothing there. */
  readonly reader: Effect.Effect<FsStorage.ReadOnly, StorageFailure, Needs | Scope.Scope>
  /** Fails when there is nothing to copy from. */
  readonly check: Effect.Effect<void, Refusal, Needs>
  /** Every file, in the order of the storage. */
  readonly files: Stream.Stream<FileKey.FileKey, StorageFailure | Refusal, Needs>
}

/** The files of a folder. Names that begin with a dot at the top belong to the storage itself. */
const filesIn = (root: string): Stream.Stream<FileKey.FileKey, Refusal, Needs> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const names = yield* fs.readDirectory(root, { recursive: true })
      const keys = names.map((name) => name.split(path.sep).join("/"))
      return Stream.fromIterable(keys).pipe(
        Stream.filter((key) => !key.startsWith(".") && FileKey.isFileKey(key)),
        Stream.filterEffect((key) =>
          Effect.match(fs.stat(path.join(root, key)), {
            onFailure: () => false,
            onSuccess: ({ type }) => type === "File"
          })
        ),
        Stream.map((key) => FileKey.FileKey.make(key))
      )
    }).pipe(Effect.mapError(({ message }) => new Refusal({ message: `The folder ${root} cannot be read: ${message}` })))
  )

const folder = (given: string) =>
  Effect.map(Path.Path, (path): Location => {
    const root = path.resolve(given)
    const check = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.access(root)).pipe(
      Effect.mapError(() => new Refusal({ message: `There is no folder ${root}.` }))
    )
    const [layer, reader] = [FsStorage.layer({ root }), FsStorage.openReadOnly(root)]
    return { name: `folder:${root}`, layer, reader, check, files: filesIn(root) }
  })

const inS3 = (given: string): Effect.Effect<Location, Refusal | ConfigError.ConfigError> =>
  Effect.gen(function* () {
    const [bucket = "", ...rest] = given.replace(/\/+$/, "").split("/")
    const prefix = rest.join("/")
    if (prefix !== "" && !FileKey.isFileKey(prefix)) {
      return yield* new Refusal({ message: `${prefix} is not the name of a folder in a bucket.` })
    }
    const { S3StorageOptions } = yield* loadOptional("A bucket", () => import("@runner-connector/storage-s3/config"))
    const service = yield* S3StorageOptions.service
    const options = { ...service, bucket, ...(prefix === "" ? {} : { prefix: FileKey.FileKey.make(prefix) }) }
    const list = Effect.map(
      loadOptional("A bucket", () => import("@runner-connector/storage-s3")),
      ({ S3Storage }) => Stream.map(S3Storage.list(options), ({ key }) => key)
    )
    const layer = inBucket(options)
    const reader = Effect.map(Layer.build(layer), Context.get(FileStorage.FileStorage))
    return { name: `s3:${given}`, layer, reader, check: Effect.void, files: Stream.unwrap(list) }
  })

/** Reads `folder:PATH` or `s3:BUCKET/PREFIX`. The service of the bucket comes from the environment. */
export const locationOf = (text: string): Effect.Effect<Location, Refusal | ConfigError.ConfigError, Path.Path> => {
  const [, kind, rest] = /^(folder|s3):(.+)$/.exec(text) ?? []
  if (rest === undefined) {
    return new Refusal({ message: `${text}: expected folder:PATH, or s3:BUCKET with or without /PREFIX.` })
  }
  return kind === "folder" ? folder(rest) : inS3(rest)
}
