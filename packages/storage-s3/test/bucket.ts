import { randomUUID } from "node:crypto"
import { setTimeout } from "node:timers/promises"
import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { FileKey, FileStorage } from "@runner-connector/core"
import { S3Storage } from "@runner-connector/storage-s3"
import { Context, Effect, Layer, Redacted, Stream, TestClock } from "effect"
import { sharedRadosgw } from "../../../test/services/sharedRadosgw.ts"

/** A new bucket of the shared service. */
export class TestBucket extends Context.Tag("test/TestBucket")<
  TestBucket,
  {
    readonly options: S3Storage.S3StorageOptions
    /** A client beside the storage. */
    readonly client: S3Client
  }
>() {}

/** The options for the shared service. */
export const optionsFor = (bucket: string): S3Storage.S3StorageOptions => {
  const { accessKeyId, endpoint, secretAccessKey } = sharedRadosgw()
  const credentials = { accessKeyId, secretAccessKey: Redacted.make(secretAccessKey) }
  return { bucket, endpoint: new URL(endpoint), credentials, prefix: FileKey.FileKey.make("some/prefix") }
}

const realMoment = Effect.promise(() => setTimeout(10))

const makeBucket = Effect.gen(function* () {
  const { accessKeyId, endpoint, secretAccessKey } = sharedRadosgw()
  const client = yield* Effect.acquireRelease(
    Effect.sync(
      () =>
        new S3Client({
          endpoint,
          region: "us-east-1",
          forcePathStyle: true,
          credentials: { accessKeyId, secretAccessKey }
        })
    ),
    (client) => Effect.sync(() => client.destroy())
  )
  const name = `test-${randomUUID()}`
  yield* Effect.promise(() => client.send(new CreateBucketCommand({ Bucket: name })))
  return { client, options: optionsFor(name) }
})

/** Lets the tests' clock run, because radosgw fails some simultaneous requests and the storage pauses before it repeats. */
const runningClock = Layer.scopedDiscard(
  Effect.forkScoped(Effect.forever(Effect.zipRight(realMoment, TestClock.adjust("100 millis"))))
)

/** A bucket and the machine's file system. */
export const bucketOnly = Layer.provideMerge(Layer.scoped(TestBucket, makeBucket), NodeContext.layer)

/** A storage on a new bucket, with the options changed. */
export const storageWith = (
  change: (options: S3Storage.S3StorageOptions) => S3Storage.S3StorageOptions = (options) => options
): Layer.Layer<FileStorage.FileStorage | TestBucket | NodeContext.NodeContext, S3Storage.UnusableBucket> =>
  Layer.provideMerge(
    Layer.unwrapEffect(Effect.map(TestBucket, ({ options }) => S3Storage.layer(change(options)))),
    bucketOnly
  )

/** For tests with the tests' clock. */
export const contractStorage = Layer.merge(
  storageWith((options) => ({ ...options, partSize: 5 * 1024 ** 2 })),
  runningClock
)

/** The keys of unfinished multipart uploads. */
export const dangling = Effect.flatMap(TestBucket, ({ client, options }) =>
  Effect.promise(async () => {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: options.bucket }))
    return Uploads.map(({ Key }) => Key ?? "")
  })
)

/** Makes a file on the local disk, which is removed with the scope of the test run. */
export const localFile = (bytes: Uint8Array) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = `${yield* fs.makeTempDirectory({ prefix: "storage-s3-" })}/file`
    yield* fs.writeFile(path, bytes)
    return path
  })

export const key = (value: string): FileKey.FileKey => FileKey.FileKey.make(value)

export const write = (name: string, content: string) =>
  Effect.flatMap(FileStorage.FileStorage, (files) =>
    files.write(key(name), Stream.make(new TextEncoder().encode(content)))
  )

export const read = (name: string) =>
  Effect.flatMap(FileStorage.FileStorage, (files) => Stream.mkString(Stream.decodeText(files.read(key(name)))))
