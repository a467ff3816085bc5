import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileKey, FileStorage } from "@runner-connector/core"
import { Chunk, Deferred, Effect, Fiber, Ref, Stream } from "effect"
import { type Cases, freshKey, inPieces, join, readAll, someBytes, text, write } from "./harness.ts"

const SIZE = 400_000

/** The content of each writer. */
const contents = [0, 1, 2, 3, 4].map((seed) => someBytes(SIZE + seed, seed))
const contentOf = (seed: number): Uint8Array => contents[seed] ?? new Uint8Array()

/** The writer of these bytes. Undefined for a mixture. */
const writerOf = (bytes: Uint8Array): number | undefined => {
  const seed = bytes[0] ?? -1
  return contentOf(seed).length > 0 && Buffer.compare(contentOf(seed), bytes) === 0 ? seed : undefined
}

const writeAs = (key: FileKey.FileKey, seed: number) =>
  Effect.flatMap(FileStorage.FileStorage, (storage) => storage.write(key, inPieces(contentOf(seed), 65_536)))

/** Contract of concurrent access: no reader sees a partial file or a mixture of two. */
export const concurrencyCases: Cases = (it, harness) => {
  it.effect("keeps the complete file of one concurrent writer", () =>
    Effect.gen(function* () {
      const key = freshKey()
      yield* Effect.forEach([0, 1, 2, 3, 4], (seed) => writeAs(key, seed), { concurrency: "unbounded" })
      assert.isDefined(writerOf(yield* readAll(key)))
      deepStrictEqual(yield* harness.leftovers, [])
    })
  )

  it.effect("keeps the write that finishes last, not the one that starts last", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const key = freshKey()
      const begun = yield* Deferred.make<void>()
      const goOn = yield* Deferred.make<void>()
      const pause = Stream.drain(
        Stream.fromEffect(Effect.zipRight(Deferred.succeed(begun, undefined), Deferred.await(goOn)))
      )
      const slow = yield* Effect.fork(
        storage.write(
          key,
          Stream.concat(Stream.succeed(text("slow ")), Stream.concat(pause, Stream.succeed(text("end"))))
        )
      )
      yield* Deferred.await(begun)
      yield* write(key, text("fast"))
      assert.strictEqual(String(yield* readAll(key)), "fast")
      yield* Deferred.succeed(goOn, undefined)
      yield* Fiber.join(slow)
      assert.strictEqual(String(yield* readAll(key)), "slow end")
    })
  )

  it.effect("gives readers the complete old or new file during a rewrite", () =>
    Effect.gen(function* () {
      const key = freshKey()
      yield* writeAs(key, 0)
      const writing = yield* Ref.make(true)
      const read = Effect.map(readAll(key), writerOf)
      const reader = yield* Effect.fork(
        Effect.iterate(new Set<number | undefined>(), {
          while: () => Effect.runSync(Ref.get(writing)),
          body: (seen) => Effect.map(read, (writer) => seen.add(writer))
        })
      )
      yield* Effect.forEach([1, 2, 3, 4, 1, 2, 3, 4], (seed) => writeAs(key, seed))
      yield* Ref.set(writing, false)
      const seen = yield* Fiber.join(reader)
      assert.isFalse(seen.has(undefined))
      assert.isAbove(seen.size, 0)
    })
  )

  it.scoped("lets an open reader finish with its original content", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const key = freshKey()
      yield* writeAs(key, 0)
      const pull = yield* Stream.toPull(storage.read(key))
      const head = yield* pull
      yield* writeAs(key, 1)
      const rest = yield* Stream.runCollect(Stream.repeatEffectChunkOption(pull))
      assert.strictEqual(writerOf(join(Chunk.appendAll(head, rest))), 0)
    })
  )

  it.effect("loses no file when a removal empties the same folder", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const folder = FileKey.FileKey.make(`${crypto.randomUUID()}/deep/er`)
      for (let round = 0; round < 30; round++) {
        const [mine, other] = [FileKey.inFolder(folder, "mine"), FileKey.inFolder(folder, "other")]
        yield* write(other, text("x"))
        yield* Effect.all([write(mine, text(`${round}`)), storage.remove(other)], { concurrency: "unbounded" })
        assert.strictEqual(String(yield* readAll(mine)), `${round}`)
        yield* Effect.all([storage.remove(mine), write(other, text("y"))], { concurrency: "unbounded" })
        assert.strictEqual(String(yield* readAll(other)), "y")
        yield* storage.remove(other)
      }
    })
  )
}
