import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileKey, FileStorage } from "@runner-connector/core"
import { Deferred, Effect, Exit, Fiber, Stream } from "effect"
import { type Cases, exists, freshKey, inPieces, readAll, someBytes, text, write } from "./harness.ts"

const NAMES = [
  "vidéos/日本語/🎬 été.mp4",
  "with space/100%25 #1?.mp4",
  ".hidden/.master.m3u8",
  "CON/-rf/~/$HOME/*.ts",
  Array.from({ length: 30 }, (_, depth) => `level-${depth}`).join("/")
]

/** Contract of write: a file is stored completely or not at all, even when the stream fails. */
export const writeCases: Cases = (it, harness) => {
  it.effect("returns the written bytes for any chunk sizes", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const bytes = someBytes(1_000_003)
      for (const size of [1_000_003, 65_536, 100_001]) {
        const key = freshKey()
        yield* storage.write(key, Stream.intersperse(inPieces(bytes, size), new Uint8Array()))
        deepStrictEqual(yield* readAll(key), Buffer.from(bytes))
      }
    })
  )

  it.effect("replaces an existing file", () =>
    Effect.gen(function* () {
      const key = freshKey()
      yield* write(key, someBytes(5000))
      yield* write(key, text("new"))
      assert.strictEqual(String(yield* readAll(key)), "new")
    })
  )

  it.effect("stores an empty file", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const key = freshKey()
      yield* storage.write(key, Stream.empty)
      assert.strictEqual((yield* storage.stat(key)).size, 0)
      assert.strictEqual((yield* readAll(key)).length, 0)
    })
  )

  it.effect("accepts every valid key: unicode, spaces, percent signs, dots, deep folders", () =>
    Effect.gen(function* () {
      const folder = crypto.randomUUID()
      const keys = NAMES.map((name) => FileKey.FileKey.make(`${folder}/${name}`))
      yield* Effect.forEach(keys, (key) => write(key, text(key)))
      for (const key of keys) assert.strictEqual(String(yield* readAll(key)), key)
    })
  )

  it.effect("accepts a content type", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const key = freshKey("master.m3u8")
      yield* storage.write(key, Stream.succeed(text("#EXTM3U")), { contentType: "application/vnd.apple.mpegurl" })
      assert.strictEqual(String(yield* readAll(key)), "#EXTM3U")
      yield* storage.write(key, Stream.succeed(text("#EXTM3U8")), { contentType: undefined })
      assert.strictEqual(String(yield* readAll(key)), "#EXTM3U8")
    })
  )

  it.effect("keeps the existing file when the stream fails, and returns the stream's error", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const [old, fresh] = [freshKey(), freshKey()]
      yield* write(old, text("old"))
      const failing = Stream.concat(inPieces(someBytes(300_000), 65_536), Stream.fail("the sender went away"))
      for (const key of [old, fresh]) {
        assert.strictEqual(yield* Effect.flip(storage.write(key, failing)), "the sender went away")
      }
      assert.strictEqual(String(yield* readAll(old)), "old")
      assert.isFalse(yield* exists(fresh))
      deepStrictEqual(yield* harness.leftovers, [])
    })
  )

  it.effect("keeps the existing file when the write is interrupted", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const [old, fresh] = [freshKey(), freshKey()]
      yield* write(old, text("old"))
      for (const key of [old, fresh]) {
        const half = yield* Deferred.make<void>()
        const pausing = Stream.fromEffect(Deferred.succeed(half, undefined)).pipe(Stream.zipRight(Stream.never))
        const content = Stream.concat(inPieces(someBytes(300_000), 65_536), pausing)
        const writing = yield* Effect.fork(storage.write(key, content))
        yield* Deferred.await(half)
        assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(writing)))
      }
      assert.strictEqual(String(yield* readAll(old)), "old")
      assert.isFalse(yield* exists(fresh))
      deepStrictEqual(yield* harness.leftovers, [])
    })
  )
}
