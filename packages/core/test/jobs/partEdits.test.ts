import { assert, describe, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { boxesIn, childrenOf, need, viewOf } from "../../src/domain/mp4/Box.ts"
import * as Mp4 from "../../src/domain/mp4/index.ts"
import { fieldOf, runOf } from "../../src/domain/mp4/SampleRuns.ts"
import { partEditsOf } from "../../src/jobs/mp4/partEdits.ts"
import { rescaleOf } from "../../src/jobs/mp4/store.ts"
import { survey } from "../../src/jobs/mp4/survey.ts"
import { patched } from "../../src/testing/uploaded.ts"
import { build, join, type MadeFile, type MadeRun, sourceOf } from "../support/mp4.ts"

/** A NAL unit behind its length. */
const unit = (...bytes: ReadonlyArray<number>): Uint8Array => Uint8Array.of(0, 0, 0, bytes.length, ...bytes)

const sequence = Uint8Array.of(0x67, 100, 0, 30, 1, 2, 3)
const picture = Uint8Array.of(0x68, 4, 5)
const sets = join([unit(...sequence), unit(...picture)])
const slice = unit(0x65, ...Array.from({ length: 30 }, (_, at) => at))
const delimiter = unit(9, 0x10)

const fileOf = (first: Uint8Array, over: Partial<MadeFile> = {}, run: Partial<MadeRun> = {}): MadeFile => ({
  ...{ timescale: 1000, index: 1, editsType: "edts", indexed: () => 0 },
  tracks: [
    {
      ...{ id: 1, handler: "vide", codec: "avc1", timescale: 12_800, isWide: false, edits: undefined },
      sets: { sequence, picture }
    }
  ],
  fragments: [0, 1, 2].map((number) => [
    {
      ...{ track: 1, decode: number * 1536, isWide: true, durations: "sample", hasOffsets: true, first },
      samples: [1024, 2048, 512].map((offset) => ({ duration: 512, offset })),
      ...run
    }
  ]),
  ...over
})

const partOf = (file: MadeFile, rate: number) =>
  Effect.gen(function* () {
    const bytes = build(file)
    const found = Option.getOrThrow(yield* survey(sourceOf(bytes)))
    const fold = Option.getOrThrow(Mp4.placedFold(found.movie, found.timeline, { fps: rate, at: 8 }))
    const rescale = rescaleOf(found, { rate: Option.some(rate) })
    const edits = { fold, rescale, sequence: 1, parameterSets: Mp4.parameterSetsOf(found.header) }
    const part = yield* patched(bytes, partEditsOf(sourceOf(bytes), found, edits))
    assert.strictEqual(part.length, bytes.length)
    return { bytes, part, times: Option.getOrThrow(yield* survey(sourceOf(part))) }
  })

/** The samples of each fragment, as players find them. */
const samplesOf = (bytes: Uint8Array) => {
  const view = viewOf(bytes)
  return boxesIn(view, 0, bytes.length)
    .filter(({ type }) => type === "moof")
    .map((moof) =>
      childrenOf(view, moof)
        .filter(({ type }) => type === "traf")
        .flatMap((traf) => {
          const run = runOf(view, need(view, traf, ["trun"]))
          let at = moof.start + view.getInt32(run.dataAt ?? 0)
          return Array.from({ length: run.samples }, (_, index) => {
            const size = run.sizes === undefined ? 0 : view.getUint32(fieldOf(run.sizes, index))
            at += size
            return { begin: at - size, bytes: bytes.slice(at - size, at) }
          })
        })
    )
}

const typesOf = (bytes: Uint8Array) => boxesIn(viewOf(bytes), 0, bytes.length).map(({ type }) => type)

describe("a part", () => {
  for (const index of [0, 1] as const) {
    it.effect(`has its parameter sets in each fragment, in the place of an index of version ${index}`, () =>
      Effect.gen(function* () {
        for (const before of [new Uint8Array(), delimiter]) {
          const { bytes, part } = yield* partOf(fileOf(join([before, slice]), { index }), 25)
          assert.deepStrictEqual(typesOf(part), ["ftyp", "moov", ...Array(3).fill(["moof", "mdat"]).flat()])
          const old = samplesOf(bytes)
          for (const [number, [first, ...others]] of samplesOf(part).entries()) {
            assert.deepStrictEqual(first?.bytes, join([before, sets, slice]))
            assert.deepStrictEqual(others, old[number]?.slice(1))
          }
        }
      })
    )
  }

  it.effect("keeps its media where there is no place for parameter sets, or where they are already", () =>
    Effect.gen(function* () {
      const withSets = join([delimiter, sets, slice])
      for (const file of [
        fileOf(slice, { index: undefined }),
        fileOf(withSets),
        fileOf(join([sets, slice])),
        fileOf(new Uint8Array(2)),
        fileOf(slice, { tracks: fileOf(slice).tracks.map((track) => ({ ...track, codec: "hvc1" })) }),
        fileOf(slice, {
          tracks: fileOf(slice).tracks.map((track) => ({ ...track, sets: { sequence: new Uint8Array(60), picture } }))
        })
      ]) {
        const { bytes, part } = yield* partOf(file, 25)
        assert.deepStrictEqual(samplesOf(part), samplesOf(bytes))
        assert.isFalse(typesOf(part).includes("sidx"))
      }
    })
  )

  it.effect("has the timescale of its rendition, and times that are rounded one by one", () =>
    Effect.gen(function* () {
      const uneven = { samples: [0, 700, 0].map((offset, at) => ({ duration: 500 + 7 * at, offset })) }
      const { times } = yield* partOf(fileOf(slice, {}, uneven), 24)
      const [track] = times.timeline
      assert.strictEqual(times.movie.tracks[0]?.timescale, 24_000)
      assert.closeTo((track?.earliest ?? 0) / 24_000, Mp4.originOf(24) + 8, 1 / 12_800)
      assert.closeTo(((track?.end ?? 0) - (track?.start ?? 0)) / 24_000, (3 * 1536 - 15) / 12_800, 1 / 12_000)
    })
  )

  it.effect(
    "keeps its timescale where samples share a duration that would be rounded, or have that of the header",
    () =>
      Effect.gen(function* () {
        for (const durations of ["fragment", "header"] as const) {
          const samples = [0, 0, 0].map((offset) => ({ duration: 511, offset }))
          const { times } = yield* partOf(fileOf(slice, {}, { durations, samples }), 25)
          assert.strictEqual(times.movie.tracks[0]?.timescale, 12_800)
          assert.strictEqual((times.timeline[0]?.end ?? 0) - (times.timeline[0]?.start ?? 0), 2 * 1536 + 3 * 511)
        }
      })
  )
})
