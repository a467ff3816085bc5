import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileKey, FileStorage } from "@runner-connector/core"
import { Duration, Effect, Option, Stream } from "effect"
import { type Cases, exists, freshKey, inPieces, readAll, someBytes, text, write } from "./harness.ts"

const SIZE = 600_000

/** First and last byte of the requested ranges. Some cross every likely chunk boundary. */
const RANGES: ReadonlyArray<readonly [start: number, end: number]> = [
  [0, 0],
  [SIZE - 1, SIZE - 1],
  [0, SIZE - 1],
  [1, SIZE - 2],
  [65_535, 65_536],
  [262_143, 262_144],
  [262_144, 524_287],
  [100_000, 500_000]
]

/** Contract of read, stat, source and url. */
export const readCases: Cases = (it, harness) => {
  it.effect("reads ranges: first byte, last byte, middle, whole", () =>
    Effect.gen(function* () {
      const key = freshKey()
      const bytes = someBytes(SIZE)
      yield* write(key, bytes)
      for (const [start, end] of RANGES) {
        const expected = Buffer.from(bytes.subarray(start, end + 1))
        assert.isTrue(expected.equals(yield* readAll(key, { start, end })), `${start}-${end}`)
      }
    })
  )

  it.effect("can stop reading in the middle of a file", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const key = freshKey()
      yield* storage.write(key, inPieces(someBytes(SIZE), 65_536))
      const first = yield* Stream.runHead(storage.read(key))
      assert.strictEqual(first._tag === "Some" && first.value[0], 0)
    })
  )

  it.effect("fails read, stat and source with FileNotFound", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const file = freshKey("folder/file.mp4")
      yield* write(file, text("x"))
      const folder = FileKey.FileKey.make(file.slice(0, file.lastIndexOf("/")))
      for (const key of [freshKey(), folder, FileKey.FileKey.make(`${file}/below-a-file`)]) {
        const answers = [
          yield* Effect.flip(readAll(key)),
          yield* Effect.flip(readAll(key, { start: 0, end: 0 })),
          yield* Effect.flip(storage.stat(key)),
          yield* Effect.flip(Effect.scoped(storage.source(key)))
        ]
        for (const answer of answers) deepStrictEqual([answer._tag, answer.key], ["FileNotFound", key])
      }
    })
  )

  it.effect("returns the size and an etag that changes only with the content", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const key = freshKey()
      yield* write(key, someBytes(12_345))
      const first = yield* storage.stat(key)
      assert.strictEqual(first.size, 12_345)
      assert.match(first.etag, /^[\x21\x23-\x7e]+$/)
      yield* readAll(key)
      yield* write(freshKey(), text("another"))
      deepStrictEqual(yield* storage.stat(key), first)
    })
  )

  it.effect("never returns one etag for two contents, even after fast writes of equal size", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const key = freshKey()
      const etags = new Set<string>()
      for (let round = 0; round < 40; round++) {
        if (round % 4 === 3) yield* storage.remove(key)
        yield* write(key, text(`round ${String(round).padStart(3, "0")}`))
        etags.add((yield* storage.stat(key)).etag)
      }
      assert.strictEqual(etags.size, 40)
    })
  )

  it.effect("provides the file to a probe", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const key = freshKey("vidéo 1.mp4")
      const bytes = someBytes(100_000)
      yield* write(key, bytes)
      const seen = yield* Effect.scoped(Effect.flatMap(storage.source(key), harness.open))
      assert.isTrue(Buffer.from(bytes).equals(seen))
      assert.isTrue(yield* exists(key))
    })
  )

  it.effect("returns a download URL that gives the file, if it supports one", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const key = freshKey()
      yield* write(key, text("the content"))
      const address = yield* storage.downloadUrl(key, { expiresIn: Duration.minutes(5) })
      const downloads = yield* Effect.forEach(Option.toArray(address), (url) =>
        harness.open(FileStorage.MediaSource.Url({ url }))
      )
      for (const bytes of downloads) assert.strictEqual(Buffer.from(bytes).toString(), "the content")
    })
  )
}
