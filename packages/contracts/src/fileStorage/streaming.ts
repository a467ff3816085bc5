import { createHash } from "node:crypto"
import { setImmediate as nextTurn } from "node:timers/promises"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { assert } from "@effect/vitest"
import { FileStorage } from "@runner-connector/core"
import { Effect, Option, Stream } from "effect"
import { type Cases, freshKey, someBytes } from "./harness.ts"

const PIECE = 64 * 1024
const PIECES = 480
const LOOK_EACH = 120

let gc: (() => void) | undefined

const collectGarbage = (): void => {
  if (gc === undefined) {
    setFlagsFromString("--expose-gc")
    gc = runInNewContext("gc") as () => void
  }
  gc()
}

/**
 * Bytes of the ArrayBuffers that are still referenced. The engine frees buffers in its own thread, some time after the
 * collection that found them, so the minimum over several collections counts. Each collection visits the whole heap, so
 * the measurement stops as soon as the value is below the limit.
 */
const liveBytes = (enough = 0) =>
  Effect.promise(async () => {
    let least = Number.POSITIVE_INFINITY
    for (let unchanged = 0; unchanged < 3 && least > enough; ) {
      collectGarbage()
      await nextTurn()
      const held = process.memoryUsage().arrayBuffers
      unchanged = held < least ? 0 : unchanged + 1
      least = Math.min(least, held)
    }
    return least
  })

/** Passes chunks on, hashes them, and measures the referenced bytes from time to time. */
const watch = <E, R>(stream: Stream.Stream<Uint8Array, E, R>, lookEach: number, enough: number) => {
  const hash = createHash("sha256")
  const seen = { peak: 0, bytes: 0, digest: () => hash.digest("hex") }
  const watched = Stream.tap(stream, (piece) =>
    Effect.gen(function* () {
      const before = Math.floor(seen.bytes / (PIECE * lookEach))
      hash.update(piece)
      seen.bytes += piece.length
      if (Math.floor(seen.bytes / (PIECE * lookEach)) > before)
        seen.peak = Math.max(seen.peak, yield* liveBytes(enough))
    })
  )
  return { seen, watched }
}

/** Contract: memory does not grow with the size of a file. */
export const streamingCases: Cases = (it, harness) => {
  it.effect("streams 30 MiB in and out within the memory limit", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const key = freshKey()
      const made = Stream.unfold(0, (n) =>
        n === PIECES ? Option.none() : Option.some([someBytes(PIECE, 0, n * PIECE), n + 1] as const)
      )
      const before = yield* liveBytes()
      const { streamingBudget: budget } = harness
      // An in-memory storage references the most bytes at the end.
      const [lookEach, enough] = budget === "holds all" ? [PIECES, 0] : [LOOK_EACH, before + budget - 1]
      const written = watch(Stream.rechunk(made, 1), lookEach, enough)
      yield* storage.write(key, written.watched)
      const read = watch(storage.read(key), lookEach, enough)
      yield* Stream.runDrain(read.watched)

      assert.strictEqual(written.seen.bytes, PIECE * PIECES)
      assert.strictEqual((yield* storage.stat(key)).size, PIECE * PIECES)
      assert.strictEqual(read.seen.bytes, PIECE * PIECES)
      assert.strictEqual(read.seen.digest(), written.seen.digest())
      const held = Math.max(written.seen.peak, read.seen.peak) - before
      // Proves that the measurement notices such an amount. Buffers of earlier tests may be freed meanwhile.
      if (budget === "holds all") assert.isAtLeast(held, PIECE * PIECES * 0.9)
      else assert.isBelow(held, budget)
      yield* storage.remove(key)
    })
  )
}
