import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { ChunkPlan, MediaCutter } from "@runner-connector/core"
import { Chunk, Effect, Stream } from "effect"
import { beginOf, decoded } from "./films.ts"

const lengths = { duration: 7.5, minDuration: 0 }

/** Looks for the cut points of the first track. */
export const examine = (path: string, codec: string) =>
  Effect.flatMap(MediaCutter.MediaCutter, (cutter) => cutter.examine({ path, track: 0, codec }))

/** The decoded pictures of each chunk from an index on, and when the first one is shown. */
export const cut = (path: string, codec: string, from: number) =>
  Effect.gen(function* () {
    const cutter = yield* MediaCutter.MediaCutter
    const input = { path, track: 0, codec }
    const plan = yield* ChunkPlan.planChunks(yield* cutter.examine(input), lengths)
    const looked = Stream.map(cutter.cut(input, { plan, from }), (chunk) => ({
      pictures: decoded(chunk.path),
      begin: beginOf(chunk.path)
    }))
    return Chunk.toReadonlyArray(yield* Stream.runCollect(looked))
  })

/** Fails unless the chunks of a film decode to its pictures, each beginning at 0. */
export const assertWhole = (path: string, codec: string, whole: ReadonlyArray<string> = decoded(path)) =>
  Effect.gen(function* () {
    const chunks = yield* cut(path, codec, 0)
    assert.isAtLeast(chunks.length, 3)
    deepStrictEqual(
      chunks.flatMap(({ pictures }) => pictures),
      whole
    )
    assert.isTrue(chunks.every(({ begin }) => begin === 0))
  })
