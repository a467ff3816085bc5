import { assert, describe, it } from "@effect/vitest"
import { Effect, Either, FastCheck as fc, Option } from "effect"
import * as Mp4 from "../../../src/domain/mp4/index.ts"
import { partEditsOf } from "../../../src/jobs/mp4/partEdits.ts"
import { rescaleOf } from "../../../src/jobs/mp4/store.ts"
import { survey } from "../../../src/jobs/mp4/survey.ts"
import { patched } from "../../../src/testing/uploaded.ts"
import { build, join, type MadeFile, sourceOf } from "../../support/mp4.ts"
import { propertyOptions } from "../../support/properties.ts"

const FPS = 30
/** Units a second of every part. */
const TIMESCALE = 30_000

/** How an encoder begins its files: with an edit list that hides its delay, or without one at an origin of its own. */
interface Encoder {
  readonly edits: "list" | "none"
  readonly delay: number
  readonly isWide: boolean
  /** Pictures of a fragment. */
  readonly fragment: number
  /** Units a second. */
  readonly timescale: number
}

/** The result for a chunk of so many pictures. */
const resultOf = (pictures: number, { delay, edits, fragment, isWide, timescale }: Encoder): MadeFile => {
  const frame = timescale / FPS
  const offset = delay * frame
  const list = [{ duration: 0, mediaTime: offset }]
  const samples = Array.from({ length: pictures }, () => ({ duration: frame, offset }))
  const starts = Array.from({ length: Math.ceil(pictures / fragment) }, (_, at) => at * fragment)
  return {
    ...{ timescale: 1000, index: isWide ? 1 : 0, indexed: () => 0, editsType: "edts" as const },
    tracks: [
      {
        ...{ id: 1, handler: "vide", codec: "avc1", timescale, isWide },
        edits: edits === "list" ? list : undefined
      }
    ],
    fragments: starts.map((start) => [
      {
        ...{ track: 1, decode: start * frame, isWide, durations: "sample" as const, hasOffsets: true },
        samples: samples.slice(start, start + fragment)
      }
    ])
  }
}

const withoutHeader = (bytes: Uint8Array): Uint8Array => {
  const view = Mp4.viewOf(bytes)
  let at = 0
  while (!["sidx", "moof"].includes(Mp4.typeAt(view, at + 4))) at += view.getUint32(at)
  return bytes.subarray(at)
}

const lookInto = (bytes: Uint8Array) => Effect.map(survey(sourceOf(bytes)), Option.getOrThrow)

/** The result of a chunk, placed at a second of the video. */
const placed = (bytes: Uint8Array, at: number, sequence: number) =>
  Effect.gen(function* () {
    const found = yield* lookInto(bytes)
    const fold = Option.getOrThrow(Mp4.placedFold(found.movie, found.timeline, { fps: FPS, at }))
    const edits = {
      fold,
      sequence,
      rescale: rescaleOf(found, { rate: Option.some(FPS) }),
      parameterSets: Option.none()
    }
    return yield* patched(bytes, partEditsOf(sourceOf(bytes), found, edits))
  })

const anEncoder: fc.Arbitrary<Encoder> = fc.record({
  edits: fc.constantFrom("list", "none"),
  delay: fc.integer({ min: 0, max: 3 }),
  isWide: fc.boolean(),
  fragment: fc.integer({ min: 1, max: 40 }),
  timescale: fc.constantFrom(600, 15_360, 19_200, 30_000, 90_000)
})
const chunks = fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), anEncoder), { minLength: 1, maxLength: 6 })
const starts = fc.constantFrom(0, 0.25, 0.7)

describe("results of chunks", () => {
  it.effect.prop(
    "are one continuous track when they are placed where their chunks begin",
    { chunks, start: starts },
    ({ chunks, start }) =>
      Effect.gen(function* () {
        const [first] = chunks
        if (first === undefined) return
        const parts: Array<Uint8Array> = []
        let pictures = 0
        for (const [count, encoder] of chunks) {
          const bytes = build(resultOf(count, { ...encoder, delay: first[1].delay }))
          parts.push(yield* placed(bytes, start + pictures / FPS, pictures))
          pictures += count
        }
        const [head = new Uint8Array(), ...tails] = parts
        const { movie, timeline } = yield* lookInto(join([head, ...tails.map(withoutHeader)]))
        assert.isTrue(Option.isNone(Mp4.breakOf(timeline, 0.5 / FPS)))
        assert.strictEqual(timeline[0]?.samples, pictures)
        assert.closeTo((timeline[0]?.earliest ?? 0) / TIMESCALE, Mp4.originOf(FPS) + start, 1 / TIMESCALE)
        assert.isTrue(movie.tracks.every(({ editsTypeAt }) => Option.isNone(editsTypeAt)))
      }),
    propertyOptions(60)
  )

  it.effect("number their fragments from the given one", () =>
    Effect.gen(function* () {
      const encoder: Encoder = { edits: "list", delay: 2, isWide: true, fragment: 5, timescale: 15_360 }
      const bytes = yield* placed(build(resultOf(12, encoder)), 8, 70_001)
      const view = Mp4.viewOf(bytes)
      const numbers: Array<number> = []
      for (let at = 0; at < bytes.length - 12; at++) {
        if (Mp4.typeAt(view, at) === "mfhd") numbers.push(view.getUint32(at + 8))
      }
      assert.deepStrictEqual(numbers, [70_001, 70_002, 70_003])
    })
  )

  it.effect("cannot be placed without fragments", () =>
    Effect.gen(function* () {
      const encoder: Encoder = { edits: "none", delay: 0, isWide: true, fragment: 5, timescale: 15_360 }
      const { movie, timeline } = yield* lookInto(build(resultOf(0, encoder)))
      assert.isTrue(Option.isNone(Mp4.placedFold(movie, timeline, { fps: FPS, at: 0 })))
    })
  )
})

/** The `moov` box of a file. */
const headerOf = (file: MadeFile): Uint8Array => {
  const bytes = build(file)
  const view = Mp4.viewOf(bytes)
  const start = view.getUint32(0)
  return bytes.subarray(start, start + view.getUint32(start))
}

describe("headers of results", () => {
  const encoder: Encoder = { edits: "list", delay: 2, isWide: true, fragment: 5, timescale: 15_360 }
  const file = resultOf(12, encoder)
  const track = file.tracks[0]
  const isSame = (other: MadeFile): boolean => Either.getOrThrow(Mp4.isSameCoding(headerOf(file), headerOf(other)))

  it("are the same if they differ in edit lists only", () => {
    assert.isTrue(isSame(file))
    assert.isTrue(isSame(resultOf(12, { ...encoder, edits: "none" })))
    assert.isTrue(isSame(resultOf(9, { ...encoder, delay: 1 })))
    assert.isTrue(isSame({ ...file, editsType: "free" }))
  })

  it("differ with the codec and the timescale", () => {
    if (track === undefined) throw new Error("The file has no track")
    assert.isFalse(isSame({ ...file, tracks: [{ ...track, codec: "hev1" }] }))
    assert.isFalse(isSame({ ...file, tracks: [{ ...track, timescale: 90_000 }] }))
  })

  it("are damaged when they are cut off", () => {
    assert.isTrue(Either.isLeft(Mp4.codingOf(headerOf(file).subarray(0, 40))))
  })
})
