import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FastCheck as fc } from "effect"
import { type Box, boxesIn } from "../../../src/domain/mp4/Box.ts"
import { countSamples, type Sample, type SampleBoxes, samplesIn } from "../../../src/domain/mp4/SampleTable.ts"
import { propertyOptions } from "../../support/properties.ts"
import { full, u32, u64 } from "./boxBytes.ts"

interface Made {
  readonly samples: ReadonlyArray<Pick<Sample, "duration" | "isSync" | "size"> & { readonly offset: number }>
  /** Samples of each chunk, and the bytes before it. */
  readonly chunks: ReadonlyArray<{ readonly samples: number; readonly gap: number }>
  readonly isWide: boolean
  readonly hasOffsets: boolean
  readonly hasSyncs: boolean
  readonly isOneSize: boolean
}

/** Neighbours with the same value, and how many they are. */
const runsOf = (values: ReadonlyArray<number>): ReadonlyArray<readonly [count: number, value: number]> => {
  const runs: Array<[number, number]> = []
  for (const value of values) {
    const last = runs.at(-1)
    if (last?.[1] === value) last[0]++
    else runs.push([1, value])
  }
  return runs
}

const table = (type: string, entries: ReadonlyArray<ReadonlyArray<number>>) =>
  full(type, 0, 0, u32(entries.length), ...entries)

const sizeIn = ({ isOneSize, samples }: Made, sample: number): number => samples[isOneSize ? 0 : sample]?.size ?? 0

/** Where each chunk begins. */
const startsOf = (made: Made): ReadonlyArray<number> => {
  let [at, sample] = [0, 0]
  return made.chunks.map(({ gap, samples }) => {
    const start = at + gap
    at = start
    for (let left = samples; left > 0; left--) at += sizeIn(made, sample++)
    return start
  })
}

const bytesOf = (made: Made): ReadonlyArray<number> => {
  const { chunks, hasOffsets, hasSyncs, isOneSize, isWide, samples } = made
  const runs = (values: ReadonlyArray<number>) => runsOf(values).map(([count, value]) => [...u32(count), ...u32(value)])
  let chunk = 1
  const held = runsOf(chunks.map((one) => one.samples)).map(([count, value]) => {
    chunk += count
    return [...u32(chunk - count), ...u32(value), ...u32(1)]
  })
  const syncs = samples.flatMap(({ isSync }, index) => (isSync ? [[...u32(index + 1)]] : []))
  const sizes = samples.flatMap(({ size }) => [...u32(size)])
  return [
    ...full("stsz", 0, 0, u32(isOneSize ? sizeIn(made, 0) : 0), u32(samples.length), isOneSize ? [] : sizes),
    ...table("stts", runs(samples.map(({ duration }) => duration))),
    ...table("stsc", held),
    ...table(
      isWide ? "co64" : "stco",
      startsOf(made).map((start) => [...(isWide ? u64(BigInt(start)) : u32(start))])
    ),
    ...(hasOffsets ? table("ctts", runs(samples.map(({ offset }) => offset))) : []),
    ...(hasSyncs ? table("stss", syncs) : [])
  ]
}

const boxesOf = (bytes: ReadonlyArray<number>) => {
  const view = new DataView(Uint8Array.from(bytes).buffer)
  const boxes = new Map(boxesIn(view, 0, bytes.length).map((box) => [box.type, box]))
  const need = (...types: ReadonlyArray<string>): Box =>
    types.flatMap((type) => boxes.get(type) ?? [])[0] ?? assert.fail(types[0])
  const tables: SampleBoxes = {
    ...{ stsz: need("stsz"), stts: need("stts"), stsc: need("stsc"), offsets: need("stco", "co64") },
    ...{ ctts: boxes.get("ctts"), stss: boxes.get("stss") }
  }
  return { view, tables }
}

const expected = (made: Made): ReadonlyArray<Sample> => {
  const starts = startsOf(made).flatMap((start, index) => {
    const before = made.chunks.slice(0, index).reduce((sum, { samples }) => sum + samples, 0)
    let at = start
    return Array.from({ length: made.chunks[index]?.samples ?? 0 }, (_, sample) => {
      at += sizeIn(made, before + sample)
      return at - sizeIn(made, before + sample)
    })
  })
  let dts = 0
  return made.samples.map(({ duration, isSync, offset }, index) => {
    dts += duration
    return {
      ...{ dts: dts - duration, pts: dts - duration + (made.hasOffsets ? offset : 0), duration },
      ...{ isSync: !made.hasSyncs || isSync, start: starts[index] ?? -1, size: sizeIn(made, index) }
    }
  })
}

const aSample = fc.record({
  duration: fc.integer({ min: 1, max: 3 }),
  offset: fc.integer({ min: 0, max: 3 }),
  size: fc.integer({ min: 1, max: 50 }),
  isSync: fc.boolean()
})

const aTable: fc.Arbitrary<Made> = fc
  .array(fc.record({ samples: fc.integer({ min: 1, max: 3 }), gap: fc.nat({ max: 9 }) }), {
    minLength: 1,
    maxLength: 12
  })
  .chain((chunks) => {
    const length = chunks.reduce((sum, { samples }) => sum + samples, 0)
    const samples = fc
      .array(aSample, { minLength: length, maxLength: length })
      .map(([first, ...others]) => [{ ...(first ?? assert.fail()), isSync: true }, ...others])
    const flags = { isWide: fc.boolean(), hasOffsets: fc.boolean(), hasSyncs: fc.boolean() }
    return fc.record({ samples, chunks: fc.constant(chunks), isOneSize: fc.constant(false), ...flags })
  })

const two = { duration: 2, offset: 0, size: 5, isSync: true }
const plain: Made = {
  samples: [two, two, two, two],
  chunks: [{ samples: 4, gap: 0 }],
  ...{ isWide: false, hasOffsets: true, hasSyncs: true, isOneSize: false }
}

const countIn = (made: Made): number | undefined => {
  const { tables, view } = boxesOf(bytesOf(made))
  return countSamples(view, tables)
}

describe("the tables of samples", () => {
  it.prop(
    "list times, places and sizes of all samples",
    [aTable],
    ([made]) => {
      const { tables, view } = boxesOf(bytesOf(made))
      assert.strictEqual(countSamples(view, tables), made.samples.length)
      deepStrictEqual([...samplesIn(view, tables)], expected(made))
    },
    propertyOptions(200)
  )

  it("are not used where they contradict each other", () => {
    assert.strictEqual(countIn(plain), 4)
    assert.isUndefined(countIn({ ...plain, chunks: [{ samples: 3, gap: 0 }] }))
    assert.isUndefined(countIn({ ...plain, samples: [two, two, two, { ...two, size: 0 }] }))
    assert.isUndefined(countIn({ ...plain, samples: [two, two, two, { ...two, duration: 0 }] }))
    assert.isUndefined(countIn({ ...plain, samples: plain.samples.map((one) => ({ ...one, isSync: false })) }))
    assert.isUndefined(countIn({ ...plain, samples: [two, two, two, { ...two, offset: 2 ** 28 + 1 }] }))
  })

  it("are not used where the samples share a size", () => assert.isUndefined(countIn({ ...plain, isOneSize: true })))

  it("are not used where only the last offsets are negative", () => {
    const early = { ...two, offset: -2 }
    assert.isUndefined(countIn({ ...plain, samples: [two, two, two, early] }))
    assert.strictEqual(countIn({ ...plain, samples: [early, two, { ...two, offset: 2 }, early] }), 4)
  })
})
