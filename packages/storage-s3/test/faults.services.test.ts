import type { IncomingMessage } from "node:http"
import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileStorage } from "@runner-connector/core"
import { S3Storage } from "@runner-connector/storage-s3"
import { Chunk, Duration, Effect, Option, Stream } from "effect"
import { type Fault, type FaultProxy, faultProxy } from "../../../test/services/faultProxy.ts"
import { bucketOnly, dangling, key, localFile, read, TestBucket, write } from "./bucket.ts"

const MIB = 1024 ** 2
const large = Uint8Array.from({ length: 11 * MIB }, (_, n) => n % 251)

/** For services that never recover. */
const impatient = { retryFor: "5 seconds" } as const

/**
 * A storage behind a proxy. It takes two seconds of silence for a fault: on a busy machine, a service that works needs
 * longer than a few hundred milliseconds.
 */
const behindProxy = <A, E, R>(
  test: (proxy: FaultProxy) => Effect.Effect<A, E, R>,
  options: Partial<S3Storage.S3StorageOptions> = {}
) =>
  Effect.gen(function* () {
    const bucket = yield* TestBucket
    const endpoint = bucket.options.endpoint?.href ?? ""
    const proxy = yield* faultProxy(endpoint)
    const storage = S3Storage.layer({
      ...bucket.options,
      endpoint: new URL(proxy.url),
      partSize: 5 * MIB,
      retryFor: "1 minute",
      timeout: "2 seconds",
      ...options
    })
    return yield* Effect.provide(test(proxy), storage)
  }).pipe(Effect.scoped)

/** Each request meets the fault when it is sent for the first time. */
const firstTime = (fault: Fault) => {
  const seen = new Set<string>()
  return ({ headers, method, url = "" }: IncomingMessage) => {
    const name = `${method} ${url.replace(/uploadId=[^&]+/, "")} ${headers.range ?? ""}`
    if (seen.has(name)) return undefined
    seen.add(name)
    return fault
  }
}

const bytesOf = (name: string, range?: FileStorage.ByteRange) =>
  Effect.flatMap(FileStorage.FileStorage, (files) =>
    Effect.map(Stream.runCollect(files.read(key(name), range)), (chunks) => Buffer.concat(Chunk.toArray(chunks)))
  )

/** Uses every operation, and checks the stored files. */
const everything = (folder: string) =>
  Effect.gen(function* () {
    const files = yield* FileStorage.FileStorage
    yield* write(`${folder}/small`, "small")
    assert.strictEqual(yield* read(`${folder}/small`), "small")
    yield* files.adopt(key(`${folder}/large`), yield* localFile(large))
    assert.strictEqual((yield* files.stat(key(`${folder}/large`))).size, large.length)
    assert.isTrue((yield* bytesOf(`${folder}/large`)).equals(large))
    const range = { start: 5 * MIB - 3, end: 6 * MIB }
    assert.isTrue((yield* bytesOf(`${folder}/large`, range)).equals(large.subarray(range.start, range.end + 1)))
    yield* files.remove(key(`${folder}/small`))
    yield* files.removeFolder(key(folder))
    assert.strictEqual((yield* Effect.flip(files.stat(key(`${folder}/large`))))._tag, "FileNotFound")
    deepStrictEqual(yield* dangling, [])
  })

const repeated: Readonly<Record<string, Fault>> = {
  "answers 503": { _tag: "Refuse", status: 503, code: "ServiceUnavailable" },
  "answers SlowDown": { _tag: "Refuse", status: 503, code: "SlowDown" },
  "answers 500": { _tag: "Refuse", status: 500, code: "InternalError" },
  "does not answer": { _tag: "Silence" },
  "closes the connection instead of answering": { _tag: "LoseAnswer" },
  "cuts the answer": { _tag: "CutAnswer", after: 40 },
  "cuts the request": { _tag: "CutRequest", after: 3 },
  "announces a length that is too small": { _tag: "WrongLength", difference: -7 },
  "announces a length that is too large": { _tag: "WrongLength", difference: 7 },
  "answers slowly": { _tag: "Slow", millis: 5 }
}

layer(bucketOnly, { excludeTestServices: true, timeout: "5 minutes" })("S3Storage: faults of the service", (it) => {
  for (const [what, fault] of Object.entries(repeated)) {
    it.effect(
      `every operation succeeds when the service ${what} the first time`,
      () =>
        behindProxy((proxy) => {
          proxy.set(firstTime(fault))
          return everything(`first-${fault._tag}-${crypto.randomUUID()}`)
        }),
      300_000
    )
  }

  it.effect(
    "keeps the previous object when every upload is cut, and frees the parts",
    () =>
      behindProxy(
        (proxy) =>
          Effect.gen(function* () {
            const files = yield* FileStorage.FileStorage
            yield* write("cut", "previous")
            const isUpload = ({ method, url }: IncomingMessage) =>
              method === "PUT" && (!url?.includes("partNumber") || url.includes("partNumber=2"))
            proxy.set((request) => (isUpload(request) ? { _tag: "CutRequest", after: 10_000 } : undefined))
            for (const content of [large.subarray(0, MIB), large]) {
              const path = yield* localFile(content)
              assert.strictEqual((yield* Effect.flip(files.adopt(key("cut"), path)))._tag, "FileStorageError")
            }
            assert.strictEqual(yield* read("cut"), "previous")
            deepStrictEqual(yield* dangling, [])
          }),
        impatient
      ),
    300_000
  )

  it.effect(
    "reports an object that is always cut, instead of a part of it",
    () =>
      behindProxy(
        (proxy) =>
          Effect.gen(function* () {
            yield* write("short", "0123456789")
            for (const fault of [
              { _tag: "WrongLength", difference: -3 },
              { _tag: "CutAnswer", after: 0 }
            ] satisfies ReadonlyArray<Fault>) {
              proxy.set(({ method }) => (method === "GET" ? fault : undefined))
              assert.strictEqual((yield* Effect.flip(read("short")))._tag, "FileStorageError")
            }
          }),
        impatient
      ),
    300_000
  )

  it.effect(
    "gives up a silent service in time",
    () =>
      behindProxy(
        (proxy) =>
          Effect.gen(function* () {
            proxy.set(() => ({ _tag: "Silence" }))
            const [duration, error] = yield* Effect.timed(Effect.flip(write("silent", "x")))
            assert.strictEqual(error._tag, "FileStorageError")
            assert.isBelow(Duration.toMillis(duration), 15_000)
          }),
        impatient
      ),
    300_000
  )

  it.effect(
    "continues a broken read only with the same version of the object",
    () =>
      behindProxy((proxy) =>
        Effect.gen(function* () {
          const files = yield* FileStorage.FileStorage
          yield* files.adopt(key("replaced"), yield* localFile(large))
          proxy.set(({ method }) => (method === "GET" ? { _tag: "CutAnswer", after: MIB } : undefined))
          const begun = files
            .read(key("replaced"))
            .pipe(
              Stream.tap(() => Effect.orDie(files.write(key("replaced"), Stream.make(new Uint8Array(large.length)))))
            )
          const error = yield* Effect.flip(Stream.runDrain(begun))
          assert.strictEqual(error._tag === "FileStorageError" && String(error.cause).includes("replaced"), true)
        })
      ),
    300_000
  )

  for (const [name, clockOffset] of [
    ["behind", -3_600_000],
    ["ahead of", 3_600_000]
  ] as const) {
    it.effect(`works when the clock of this machine is an hour ${name} the service's`, () =>
      behindProxy(
        () =>
          Effect.gen(function* () {
            const files = yield* FileStorage.FileStorage
            yield* write("late", "x")
            const url = yield* files.downloadUrl(key("late"), { expiresIn: Duration.minutes(1) })
            const { status } = yield* Effect.promise(() => fetch(Option.getOrThrow(url)))
            assert.strictEqual(status, 200)
          }),
        { clockOffset }
      )
    )
  }
})
