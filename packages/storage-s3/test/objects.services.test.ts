import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  HeadObjectCommand
} from "@aws-sdk/client-s3"
import { FileSystem } from "@effect/platform"
import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileStorage } from "@runner-connector/core"
import { S3Storage } from "@runner-connector/storage-s3"
import { Deferred, Duration, Effect, Exit, Fiber, Layer, Option, Redacted, Schedule, Stream } from "effect"
import { bucketOnly, dangling, key, localFile, read, storageWith, TestBucket, write } from "./bucket.ts"

const MIB = 1024 ** 2
const smallParts = storageWith((options) => ({ ...options, partSize: 5 * MIB }))

const headOf = (name: string) =>
  Effect.flatMap(TestBucket, ({ client, options }) =>
    Effect.promise(() =>
      client.send(new HeadObjectCommand({ Bucket: options.bucket, Key: `${options.prefix}/${name}` }))
    )
  )

const mebibytes = (count: number) =>
  Stream.rechunk(
    Stream.map(Stream.range(1, count), (n) => new Uint8Array(MIB).fill(n)),
    1
  )

layer(smallParts, { excludeTestServices: true })("S3Storage: uploads in parts", (it) => {
  it.effect("frees the parts when the stream fails in the middle", () =>
    Effect.gen(function* () {
      const files = yield* FileStorage.FileStorage
      const content = Stream.concat(mebibytes(12), Stream.fail("the sender went away"))
      assert.strictEqual(yield* Effect.flip(files.write(key("failing.mp4"), content)), "the sender went away")
      deepStrictEqual(yield* dangling, [])
      assert.strictEqual((yield* Effect.flip(files.stat(key("failing.mp4"))))._tag, "FileNotFound")
    })
  )

  it.effect("frees the parts when the write is interrupted", () =>
    Effect.gen(function* () {
      const files = yield* FileStorage.FileStorage
      const half = yield* Deferred.make<void>()
      const content = Stream.concat(
        mebibytes(12),
        Stream.zipRight(Stream.fromEffect(Deferred.succeed(half, undefined)), Stream.never)
      )
      const writing = yield* Effect.fork(files.write(key("interrupted.mp4"), content))
      yield* Deferred.await(half)
      deepStrictEqual(yield* dangling, ["some/prefix/interrupted.mp4"])
      assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(writing)))
      deepStrictEqual(yield* dangling, [])
    })
  )

  it.effect("adopts a file in parts, with its type and cache headers", () =>
    Effect.gen(function* () {
      const files = yield* FileStorage.FileStorage
      const path = yield* localFile(new Uint8Array(11 * MIB).fill(7))
      yield* files.adopt(key("videos/a.mp4"), path, { contentType: "text/html" })
      const { CacheControl, ContentLength, ContentType } = yield* headOf("videos/a.mp4")
      deepStrictEqual(
        [ContentLength, ContentType, CacheControl],
        [11 * MIB, "video/mp4", "public, max-age=31536000, immutable"]
      )
      assert.isFalse(yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.exists(path)))
      deepStrictEqual(yield* dangling, [])
    })
  )
})

layer(storageWith(), { excludeTestServices: true })("S3Storage: objects", (it) => {
  it.effect("live playlists are not cached, everything else is immutable, and no type runs scripts", () =>
    Effect.gen(function* () {
      const files = yield* FileStorage.FileStorage
      const live = `videos/x/live-${crypto.randomUUID()}`
      const given = { contentType: "text/html" }
      const headers = (name: string) =>
        Effect.gen(function* () {
          yield* files.write(key(name), Stream.make(new Uint8Array(3)), given)
          const { CacheControl, ContentType } = yield* headOf(name)
          return [ContentType, CacheControl]
        })
      const immutable = "public, max-age=31536000, immutable"
      deepStrictEqual(yield* headers(`${live}/0.m3u8`), ["application/vnd.apple.mpegurl", "no-cache"])
      deepStrictEqual(yield* headers(`${live}/0-000001.ts`), ["video/mp2t", immutable])
      deepStrictEqual(yield* headers("videos/x/master.m3u8"), ["application/vnd.apple.mpegurl", immutable])
      deepStrictEqual(yield* headers("uploads/page"), ["application/octet-stream", immutable])
    })
  )

  it.effect("removes a folder of more objects than one request can delete", () =>
    Effect.gen(function* () {
      const files = yield* FileStorage.FileStorage
      const names = Array.from({ length: 1010 }, (_, n) => `live/0-${n}.ts`)
      yield* Effect.forEach([...names, "live-2/kept"], (name) => write(name, ""), { concurrency: 16 })
      yield* files.removeFolder(key("live"))
      const left = yield* Effect.filter([...names, "live-2/kept"], (name) => Effect.isSuccess(files.stat(key(name))), {
        concurrency: 16
      })
      deepStrictEqual(left, ["live-2/kept"])
    })
  )

  it.effect("a download URL works without credentials, and only unchanged", () =>
    Effect.gen(function* () {
      const files = yield* FileStorage.FileStorage
      yield* write("a file & more.txt", "content")
      const url = Option.getOrThrow(
        yield* files.downloadUrl(key("a file & more.txt"), { expiresIn: Duration.minutes(1) })
      )
      const fetched = (address: URL) => Effect.promise(async () => (await fetch(address)).text())
      assert.strictEqual(yield* fetched(url), "content")
      const longer = new URL(url)
      longer.searchParams.set("X-Amz-Expires", "600")
      assert.match(yield* fetched(longer), /SignatureDoesNotMatch/)
    })
  )

  it.effect("finds nothing under a key that is too long for an object", () =>
    Effect.gen(function* () {
      const files = yield* FileStorage.FileStorage
      const name = "é".repeat(1000)
      assert.strictEqual((yield* Effect.flip(read(name)))._tag, "FileNotFound")
      yield* files.remove(key(name))
      assert.strictEqual((yield* Effect.flip(write(name, "x")))._tag, "FileStorageError")
    })
  )
})

layer(bucketOnly, { excludeTestServices: true })("S3Storage: setting up", (it) => {
  const build = (change: Partial<S3Storage.S3StorageOptions>) =>
    Effect.flatMap(TestBucket, ({ options }) => Layer.build(S3Storage.layer({ ...options, ...change })))

  it.scoped("names the fault when the bucket cannot be used, without the secret", () =>
    Effect.gen(function* () {
      const missing = yield* Effect.flip(build({ bucket: "no-such-bucket" }))
      assert.match(missing.message, /^The bucket no-such-bucket cannot be used as a storage: NoSuchBucket/)
      const credentials = { accessKeyId: "tests", secretAccessKey: Redacted.make("not-the-secret") }
      const refused = yield* Effect.flip(build({ credentials }))
      assert.match(refused.message, /: SignatureDoesNotMatch/)
      assert.notInclude(refused.message, "not-the-secret")
      const endpoint = new URL("http://127.0.0.1:1")
      assert.match((yield* Effect.flip(build({ endpoint, retryFor: 0 }))).message, /: ECONNREFUSED/)
    })
  )

  it.scoped("aborts the unfinished uploads of dead processes below its prefix", () =>
    Effect.gen(function* () {
      const { client, options } = yield* TestBucket
      const begin = (name: string) =>
        Effect.promise(() => client.send(new CreateMultipartUploadCommand({ Bucket: options.bucket, Key: name })))
      yield* begin("some/prefix/dead.mp4")
      yield* begin("elsewhere/dead.mp4")
      yield* build({})
      deepStrictEqual((yield* dangling).toSorted(), ["elsewhere/dead.mp4", "some/prefix/dead.mp4"])
      yield* build({ sweepAfter: "1 second" })
      yield* Effect.repeat(dangling, { until: ({ length }) => length < 2, schedule: Schedule.spaced("100 millis") })
      deepStrictEqual(yield* dangling, ["elsewhere/dead.mp4"])
    })
  )

  it.scoped("does not take a deleted bucket for an empty one", () =>
    Effect.gen(function* () {
      const { client } = yield* TestBucket
      const name = `gone-${crypto.randomUUID()}`
      yield* Effect.promise(() => client.send(new CreateBucketCommand({ Bucket: name })))
      const context = yield* build({ bucket: name })
      yield* Effect.promise(() => client.send(new DeleteBucketCommand({ Bucket: name })))
      yield* Effect.gen(function* () {
        const files = yield* FileStorage.FileStorage
        for (const attempt of [read("x"), files.stat(key("x")), write("x", "x")]) {
          const error = yield* Effect.flip(Effect.asVoid(attempt))
          assert.strictEqual(error._tag, "FileStorageError")
        }
      }).pipe(Effect.provide(context))
    })
  )
})
