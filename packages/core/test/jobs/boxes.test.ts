import { assert, describe, it } from "@effect/vitest"
import { Chunk, Effect, Either, FastCheck as fc, Option, Stream } from "effect"
import { MalformedMp4 } from "../../src/domain/mp4/index.ts"
import { boxesOf, type FileBox, foldBoxes, headerOf, type Source } from "../../src/jobs/mp4/boxes.ts"
import { box, join, largeBox, sourceOf } from "../support/mp4.ts"
import { propertyOptions } from "../support/properties.ts"

const types = ["moov", "moof", "sidx", "mdat", "free"] as const
const describing = new Set<string>(["moov", "moof", "sidx"])

/** Files are read by windows of 16 KiB and 1 MiB. */
const lengths = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 40 }) },
  { weight: 3, arbitrary: fc.integer({ min: 15_000, max: 40_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 250_000, max: 270_000 }) }
)

const boxes = fc.array(fc.record({ type: fc.constantFrom(...types), length: lengths, isLarge: fc.boolean() }), {
  minLength: 1,
  maxLength: 60
})

interface Made {
  readonly type: string
  readonly bytes: Uint8Array
}

const made = (list: ReadonlyArray<{ type: string; length: number; isLarge: boolean }>): ReadonlyArray<Made> =>
  list.map(({ isLarge, length, type }, number) => {
    const body = new Uint8Array(length).fill(number)
    return { type, bytes: isLarge ? largeBox(type, body) : box(type, body) }
  })

const fileOf = (list: ReadonlyArray<Made>): Uint8Array => join(list.map(({ bytes }) => bytes))

/** Counts the calls. */
const counted = (source: Source, count: () => void): Source => ({
  size: source.size,
  read: (range) => {
    count()
    return source.read(range)
  }
})

const assertSame = (found: ReadonlyArray<FileBox>, expected: ReadonlyArray<Made>) => {
  assert.deepStrictEqual(
    found.map(({ end, start, type }) => ({ type, length: end - start })),
    expected.map(({ bytes, type }) => ({ type, length: bytes.length }))
  )
  found.forEach(({ bytes }, index) => {
    const { bytes: all, type } = expected[index] ?? assert.fail()
    assert.strictEqual(Option.isSome(bytes), describing.has(type))
    if (Option.isSome(bytes)) assert.isTrue(Buffer.from(bytes.value).equals(all))
  })
}

const listOf = (file: Source) =>
  foldBoxes<ReadonlyArray<FileBox>>(file, [], (before, one) => Either.right([...before, one]))

describe("the outermost boxes of a file", () => {
  it.effect.prop(
    "are found in order, with the bytes of those that describe the media, wherever the reads end",
    { list: boxes, piece: fc.constantFrom(1000, 100_000) },
    ({ list, piece }) =>
      Effect.gen(function* () {
        const expected = made(list)
        const file = sourceOf(fileOf(expected), piece)
        assertSame(yield* listOf(file), expected)
        assertSame(Chunk.toReadonlyArray(yield* Stream.runCollect(boxesOf(file))), expected)
        const header = expected.find(({ type }) => type === "moov")?.bytes
        if (file.size >= 16) assert.deepStrictEqual(Option.getOrUndefined(yield* headerOf(file)), header)
      }),
    propertyOptions(60)
  )

  it.effect("of an hour of audio are found with few reads", () =>
    Effect.gen(function* () {
      const fragment = { isLarge: false }
      const list = Array.from({ length: 900 }, () => [
        { ...fragment, type: "sidx", length: 44 },
        { ...fragment, type: "moof", length: 780 },
        { ...fragment, type: "mdat", length: 34_600 }
      ]).flat()
      let reads = 0
      const expected = made(list)
      const file = counted(sourceOf(fileOf(expected)), () => {
        reads += 1
      })
      assertSame(yield* listOf(file), expected)
      assert.isBelow(reads, 70)
    })
  )

  it.effect("are refused from the first one on that exceeds the file, or that the reader refuses", () =>
    Effect.gen(function* () {
      const bytes = fileOf(made(["free", "moof", "free"].map((type) => ({ type, length: 20, isLarge: false }))))
      const short = yield* Effect.flip(listOf(sourceOf(bytes.subarray(0, bytes.length - 1))))
      assert.strictEqual(short._tag, "MalformedMp4")
      let seen = 0
      const refused = foldBoxes(sourceOf(bytes), 0, (before, { type }) => {
        seen += 1
        return type === "moof" ? Either.left(new MalformedMp4({ box: type })) : Either.right(before + 1)
      })
      const error = yield* Effect.flip(refused)
      assert.deepStrictEqual([error._tag, seen], ["MalformedMp4", 2])
    })
  )
})
