import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileKey, FileStorage } from "@runner-connector/core"
import { Effect, Stream } from "effect"
import { serveFile } from "../src/http/serveFile.ts"

const key = FileKey.FileKey.make("videos/cat.mp4")

/** A storage with one endless file. Counts the bytes read, and records when reading ends. */
const aStorage = (etag = "v1") => {
  const watched = { read: 0, ended: 0 }
  const size = 1_000_000
  const storage = FileStorage.FileStorage.of({
    stat: (asked) => (asked === key ? Effect.succeed({ size, etag }) : new FileStorage.FileNotFound({ key: asked })),
    read: (_, range = { start: 0, end: size - 1 }) =>
      Stream.range(range.start / 1000, (range.end + 1) / 1000 - 1, 1).pipe(
        Stream.map((n) => new Uint8Array(1000).fill(n % 256)),
        Stream.tap((chunk) =>
          Effect.sync(() => {
            watched.read += chunk.length
          })
        ),
        Stream.ensuring(
          Effect.sync(() => {
            watched.ended += 1
          })
        )
      ),
    write: () => Effect.dieMessage("read only"),
    removeFolder: () => Effect.dieMessage("read only"),
    adopt: () => Effect.dieMessage("read only"),
    remove: () => Effect.dieMessage("read only"),
    downloadUrl: () => Effect.dieMessage("no address"),
    source: () => Effect.dieMessage("no source")
  })
  return { watched, storage, size }
}

const serve = (
  { storage }: ReturnType<typeof aStorage>,
  { headers = {}, method = "GET" }: { readonly method?: string; readonly headers?: Record<string, string> } = {}
) =>
  Effect.provideService(
    serveFile(key, new Request("http://a/b", { method, headers })),
    FileStorage.FileStorage,
    storage
  )

/** Runs every fiber that can run. */
const turns = (count: number) =>
  Effect.promise(async () => {
    for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
  })

describe("serveFile", () => {
  it.live("sends the whole file, then stops reading", () =>
    Effect.gen(function* () {
      const storage = aStorage()
      const response = yield* serve(storage)
      const bytes = yield* Effect.promise(() => response.arrayBuffer())
      assert.strictEqual(bytes.byteLength, storage.size)
      deepStrictEqual(storage.watched, { read: storage.size, ended: 1 })
      assert.strictEqual(response.headers.get("x-content-type-options"), "nosniff")
    })
  )

  it.live("reads little ahead of a slow client, and stops when it disconnects", () =>
    Effect.gen(function* () {
      const storage = aStorage()
      const response = yield* serve(storage)
      const reader = response.body?.getReader()
      yield* Effect.promise(async () => reader?.read())
      yield* turns(100)
      assert.isAtMost(storage.watched.read, 10_000)
      assert.strictEqual(storage.watched.ended, 0)
      yield* Effect.promise(async () => reader?.cancel())
      assert.strictEqual(storage.watched.ended, 1)
    })
  )

  it.live("answers HEAD without reading, and ignores its range", () =>
    Effect.gen(function* () {
      const storage = aStorage()
      const response = yield* serve(storage, { method: "HEAD", headers: { range: "bytes=0-9" } })
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.headers.get("content-length"), String(storage.size))
      assert.isNull(response.body)
      assert.strictEqual(storage.watched.read, 0)
    })
  )

  it.live("answers 304 to a GET with the current version, and 412 to a POST", () =>
    Effect.gen(function* () {
      const storage = aStorage()
      for (const known of ['"v1"', 'W/"v1"', '"v0", "v1"', "*"]) {
        const response = yield* serve(storage, { headers: { "if-none-match": known } })
        assert.strictEqual(response.status, 304, known)
        assert.strictEqual(response.headers.get("etag"), '"v1"')
      }
      assert.strictEqual((yield* serve(storage, { headers: { "if-none-match": '"v2"' } })).status, 200)
      const posted = yield* serve(storage, { method: "POST", headers: { "if-none-match": '"v1"' } })
      assert.strictEqual(posted.status, 412)
      assert.strictEqual(storage.watched.read, 0)
      const other = yield* serve(storage, { method: "POST", headers: { "if-none-match": '"v2"' } })
      assert.strictEqual(other.status, 200)
      yield* Effect.promise(async () => other.body?.cancel())
    })
  )

  it.live("omits a version that a header cannot carry", () =>
    Effect.gen(function* () {
      const response = yield* serve(aStorage('evil"\r\nset-cookie: a'), { method: "HEAD" })
      assert.isNull(response.headers.get("etag"))
    })
  )

  it.live("fails before it answers if the file does not exist", () =>
    Effect.gen(function* () {
      const other = FileKey.FileKey.make("other.mp4")
      const { storage } = aStorage()
      const missing = serveFile(other, new Request("http://a/b"))
      const error = yield* Effect.flip(Effect.provideService(missing, FileStorage.FileStorage, storage))
      assert.strictEqual(error._tag, "FileNotFound")
    })
  )
})
