import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Either, FastCheck as fc, Option } from "effect"
import {
  type ChunkPlan,
  type CutSource,
  checkCounts,
  endOfFirst,
  firstChunk,
  leadOf,
  planChunks
} from "../../../src/domain/chunk/ChunkPlan.ts"
import { propertyOptions } from "../../support/properties.ts"

const FPS = 25
const usual = { duration: 60, minDuration: 20 }

/** A source with groups of pictures of these lengths, in pictures. */
const sourceOf = (groups: ReadonlyArray<number>): CutSource => {
  const pictures = groups.reduce((sum, length) => sum + length, 0)
  const begins = groups.map((_, at) => groups.slice(0, at).reduce((sum, length) => sum + length, 0)).slice(1)
  const points = begins.map((picture) => ({ picture, start: picture / FPS }))
  return { pictures, duration: pictures / FPS, points }
}

/** A source with a cut point every so many seconds. */
const regular = (seconds: number, every: number): CutSource =>
  sourceOf(Array.from({ length: Math.round(seconds / every) }, () => every * FPS))

const lengthsOf = (plan: ChunkPlan) => plan.map(({ duration }) => duration)

const assertReason = (result: ReturnType<typeof planChunks>, reason: string) =>
  assert.strictEqual(Either.getOrThrow(Either.flip(result)).reason, reason)

const aSource = fc.array(fc.integer({ min: 12, max: 500 }), { minLength: 1, maxLength: 300 }).map(sourceOf)
const someLengths = fc.record({ duration: fc.integer({ min: 4, max: 90 }), minDuration: fc.constant(0) })

describe("planChunks", () => {
  it("makes short chunks at the beginning and one of 60 s each later", () => {
    const plan = Either.getOrThrow(planChunks(regular(300, 1), usual))
    deepStrictEqual(lengthsOf(plan), [8, 15, 30, 60, 60, 60, 67])
  })

  it("gives very long films longer chunks", () => {
    const plan = Either.getOrThrow(planChunks(regular(36_000, 2), usual))
    assert.isAtMost(plan.length, 210)
    assert.strictEqual(plan[0].duration, 8)
  })

  it("refuses short videos, and those that have no cut points or too rare ones", () => {
    assertReason(planChunks(regular(19, 1), usual), "tooShort")
    assertReason(planChunks({ ...regular(600, 1), points: [] }, usual), "noCutPoints")
    assertReason(planChunks(sourceOf([600 * FPS, 60 * FPS]), usual), "noCutPoints")
  })

  it.effect.prop(
    "puts each picture into exactly one chunk, and begins each chunk at a cut point",
    { source: aSource, lengths: someLengths },
    ({ lengths, source }) =>
      Effect.sync(() => {
        const result = planChunks(source, lengths)
        if (Either.isLeft(result)) return assert.strictEqual(result.left.reason, "noCutPoints")
        const plan = result.right
        let picture = 0
        for (const [at, chunk] of plan.entries()) {
          assert.strictEqual(chunk.index, at)
          assert.strictEqual(chunk.first, picture)
          assert.isAbove(chunk.pictures, 0)
          assert.closeTo(chunk.start, picture / FPS, 1e-9)
          assert.closeTo(chunk.duration, chunk.pictures / FPS, 1e-9)
          assert.isTrue(at === 0 || source.points.some((point) => point.picture === chunk.first))
          picture += chunk.pictures
        }
        assert.strictEqual(picture, source.pictures)
      }),
    propertyOptions(100)
  )

  it.effect.prop(
    "never makes more than a few hundred chunks",
    {
      groups: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 50 }),
      hours: fc.integer({ min: 1, max: 50 })
    },
    ({ groups, hours }) =>
      Effect.sync(() => {
        const length = groups.reduce((sum, group) => sum + group, 0)
        const times = Math.ceil((hours * 3600) / length)
        const source = sourceOf(groups.map((group) => group * FPS))
        const points = Array.from({ length: times }, (_, round) =>
          [{ picture: 0, start: 0 }, ...source.points].map(({ picture, start }) => ({
            picture: picture + round * source.pictures,
            start: start + round * source.duration
          }))
        ).flat()
        const film = { pictures: times * source.pictures, duration: times * source.duration, points: points.slice(1) }
        assert.isAtMost(Either.getOrThrow(planChunks(film, usual)).length, 403)
      }),
    propertyOptions(30)
  )
})

describe("checkCounts", () => {
  const plan = Either.getOrThrow(planChunks(regular(60, 2), usual))
  const right = plan.map(({ pictures }) => pictures)

  it("accepts the planned pictures only", () => {
    assert.isTrue(Either.isRight(checkCounts(plan, right)))
    assert.isTrue(Either.isLeft(checkCounts(plan, right.slice(1))))
    assert.isTrue(
      Either.isLeft(
        checkCounts(
          plan,
          right.map((count, at) => count + (at === 1 ? -1 : 0))
        )
      )
    )
  })
})

describe("the first chunk", () => {
  it.prop(
    "is that of the whole plan, from the beginning of the source",
    [aSource, someLengths],
    ([source, lengths]) => {
      const points = source.points.filter(({ start }) => start < leadOf(lengths))
      const found = firstChunk({ ...source, points }, lengths)
      const plan = planChunks(source, lengths)
      if (Option.isNone(found) || Either.isLeft(plan)) return
      assert.deepStrictEqual(plan.right[0], found.value)
      const known = endOfFirst(source, found.value.duration)
      assert.deepStrictEqual(known, Option.some({ picture: found.value.pictures, start: found.value.duration }))
      assert.deepStrictEqual(planChunks(source, lengths, known), plan)
    },
    propertyOptions(100)
  )

  it("is not known where the rest may have a nearer cut point", () => {
    assert.isTrue(Option.isSome(firstChunk(sourceOf([16 * FPS, 10 * FPS]), usual)))
    assert.isTrue(Option.isNone(firstChunk(sourceOf([17 * FPS, 10 * FPS]), usual)))
    assert.isTrue(Option.isNone(firstChunk(sourceOf([17 * FPS]), usual)))
  })

  it("stays where it is when its end is known", () => {
    const plan = Either.getOrThrow(planChunks(regular(300, 1), usual, Option.some({ picture: 125, start: 5 })))
    assert.deepStrictEqual(
      plan.slice(0, 2).map(({ first, start }) => [first, start]),
      [
        [0, 0],
        [125, 5]
      ]
    )
  })
})
