import type { FileSystem } from "@effect/platform"
import { FileStorage, spanned } from "@runner-connector/core"
import { type Config, type ConfigError, Duration, Effect, Layer, Option, Schedule, Stream } from "effect"
import { openBucket } from "./Bucket.ts"
import { codeOf, failed, UnusableBucket } from "./errors.ts"
import { listFiles, type StoredFile } from "./listing.ts"
import { makeObjectReader } from "./ObjectReader.ts"
import { makeObjectWriter } from "./ObjectWriter.ts"
import { config, type S3StorageOptions } from "./options.ts"
import { signedUrl } from "./signing.ts"
import { makeUploading, type Uploading } from "./Uploading.ts"

export { UnusableBucket } from "./errors.ts"
export type { StoredFile } from "./listing.ts"
export { config, type S3Credentials, type S3StorageOptions } from "./options.ts"

/** Longer than any probe, picture or joining of a source takes. */
const SOURCE_LIFE = Duration.hours(12)

const DEFAULT_PART_SIZE = 5 * 1024 ** 2

/** Sweeps now, and from time to time until the scope ends. A sweep that fails is repeated with the next one. */
const keepSwept = (uploading: Uploading, options: S3StorageOptions) => {
  const sweepAfter = Duration.decode(options.sweepAfter ?? "1 day")
  const sweep = Effect.catchAll(uploading.sweep(sweepAfter), (cause) =>
    Effect.logWarning("Unfinished uploads could not be swept", cause)
  )
  return Effect.forkScoped(Effect.repeat(sweep, Schedule.spaced(Duration.times(sweepAfter, 1 / 4))))
}

const make = (options: S3StorageOptions) =>
  Effect.gen(function* () {
    const bucket = yield* openBucket(options)
    const uploading = makeUploading(bucket)
    yield* keepSwept(uploading, options)
    const reader = makeObjectReader(bucket)
    const writer = yield* makeObjectWriter({ bucket, uploading, partSize: options.partSize ?? DEFAULT_PART_SIZE })
    return FileStorage.FileStorage.of({
      ...reader,
      ...writer,
      downloadUrl: spanned("S3Storage.downloadUrl")((key, { expiresIn }) =>
        signedUrl(bucket, key, expiresIn).pipe(
          Effect.mapBoth({ onSuccess: Option.some, onFailure: failed("downloadUrl", key) })
        )
      ),
      source: spanned("S3Storage.source")(function* (key) {
        yield* reader.stat(key).pipe(Effect.catchTag("FileStorageError", ({ cause }) => failed("source", key)(cause)))
        const url = yield* Effect.mapError(signedUrl(bucket, key, SOURCE_LIFE), failed("source", key))
        return FileStorage.MediaSource.Url({ url })
      })
    })
  })

/**
 * Stores every file under its key in a bucket of an S3-compatible service.
 *
 * - An object is replaced by one request, or by the last request of a multipart upload. A failure or an interruption
 *   aborts the upload. Each part is signed with its hash, so the service refuses damaged ones.
 * - Requests are repeated while the service is away or overloaded. Reads continue where the connection broke.
 * - Fails with `UnusableBucket` when the bucket cannot be listed.
 */
export const layer = (
  options: S3StorageOptions
): Layer.Layer<FileStorage.FileStorage, UnusableBucket, FileSystem.FileSystem> =>
  Layer.scoped(FileStorage.FileStorage, make(options))

/** Lists every file of the storage with its size, for tools. Not in the order of writing. */
export const list = (options: S3StorageOptions): Stream.Stream<StoredFile, UnusableBucket> =>
  Stream.unwrapScoped(
    Effect.map(openBucket(options), (bucket) =>
      Stream.mapError(
        listFiles(bucket),
        (cause) => new UnusableBucket({ bucket: options.bucket, code: codeOf(cause), cause })
      )
    )
  )

/** Like `layer`, with options from the host's configuration. By default from the environment: see `config`. */
export const layerConfig = (
  options: Config.Config<S3StorageOptions> = config
): Layer.Layer<FileStorage.FileStorage, UnusableBucket | ConfigError.ConfigError, FileSystem.FileSystem> =>
  Layer.unwrapEffect(Effect.map(options, layer))
