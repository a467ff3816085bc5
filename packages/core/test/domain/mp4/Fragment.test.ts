import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Either, Option } from "effect"
import { readFragment } from "../../../src/domain/mp4/Fragment.ts"
import type { Movie } from "../../../src/domain/mp4/Movie.ts"
import { box, full, u32, u64, zeros } from "./boxBytes.ts"

const movie: Movie = {
  timescale: 1000,
  tracks: [
    {
      ...{ id: 7, kind: "video", codec: "avc1", timescale: 600, edits: [] },
      editsTypeAt: Option.none(),
      sampleDuration: 1024
    }
  ]
}

const tfhd = full("tfhd", 0, 0, u32(7))
const tfdt = full("tfdt", 0, 0, u32(5000))

const read = (...parts: ReadonlyArray<ReadonlyArray<number>>) =>
  readFragment(Uint8Array.from(box("moof", box("traf", ...parts))), movie)

const trackOf = (...parts: ReadonlyArray<ReadonlyArray<number>>) => {
  const [track] = Either.getOrThrow(read(...parts)).tracks
  assert.isDefined(track)
  return track
}

/** A run with the given flags, the optional fields of its header, and the fields of each sample. */
const trun = (version: 0 | 1, flags: number, head: ReadonlyArray<number>, samples: ReadonlyArray<number[]>) =>
  full("trun", version, flags, u32(samples.length), head.flatMap(u32), ...samples.map((sample) => sample.flatMap(u32)))

describe("a fragment of an MP4 file", () => {
  it("says when its first sample is decoded, in 32 or 64 bits", () => {
    const narrow = trackOf(tfhd, tfdt)
    deepStrictEqual(narrow.decode, { time: 5000, at: 8 + 8 + tfhd.length + 12, isWide: false })
    const wide = trackOf(tfhd, full("tfdt", 1, 0, u64(2n ** 33n)))
    deepStrictEqual(wide.decode, { ...narrow.decode, time: 2 ** 33, isWide: true })
  })

  it("has no duration without samples", () => {
    for (const runs of [[], [trun(0, 0, [], [])]]) {
      assert.deepInclude(trackOf(tfhd, tfdt, ...runs), { samples: 0, duration: 0, earliest: 0 })
    }
  })

  it("adds up the durations of its samples", () => {
    const own = trun(0, 0x100, [], [[100], [200], [300]])
    assert.deepInclude(trackOf(tfhd, tfdt, own), { samples: 3, duration: 600, earliest: 0 })
    assert.deepInclude(trackOf(tfhd, tfdt, own, own), { samples: 6, duration: 1200, earliest: 0 })
  })

  it("takes missing durations from its header, or else from that of the file", () => {
    const run = trun(0, 0, [], [[], []])
    assert.deepInclude(trackOf(tfhd, tfdt, run), { samples: 2, duration: 2048, earliest: 0 })
    const withDuration = (flags: number, ...before: ReadonlyArray<number>) =>
      full("tfhd", 0, flags | 0x8, u32(7), zeros(before.reduce((sum, size) => sum + size, 0)), u32(50))
    for (const header of [withDuration(0), withDuration(0x1, 8), withDuration(0x2, 4), withDuration(0x3, 8, 4)]) {
      assert.strictEqual(trackOf(header, tfdt, run).duration, 100)
    }
    const offsets = trun(0, 0x800, [], [[7], [9]])
    assert.deepInclude(trackOf(withDuration(0), tfdt, offsets), { duration: 100, earliest: 7 })
  })

  it("finds the fields of its samples behind the optional ones", () => {
    const samples = [
      [100, 11, 12, 30],
      [200, 21, 22, 5]
    ]
    for (const [flags, head] of [
      [0, []],
      [0x1, [99]],
      [0x4, [98]],
      [0x5, [99, 98]]
    ] as const) {
      const run = trun(0, 0xf00 | flags, head, samples)
      assert.deepInclude(trackOf(tfhd, tfdt, run), { samples: 2, duration: 300, earliest: 30 })
    }
    const some = trun(
      0,
      0xa00,
      [],
      [
        [11, 30],
        [21, 5]
      ]
    )
    assert.deepInclude(trackOf(tfhd, tfdt, some), { duration: 2048, earliest: 30 })
  })

  it("is presented from its earliest sample on, which may be before its decode time", () => {
    const samples = [
      [100, 30],
      [100, -120],
      [100, 0]
    ]
    assert.strictEqual(trackOf(tfhd, tfdt, trun(1, 0x900, [], samples)).earliest, -20)
    assert.strictEqual(
      trackOf(tfhd, tfdt, trun(0, 0x900, [], samples)).earliest,
      30,
      "offsets of version 0 have no sign"
    )
  })

  it("is damaged when a run is cut off, a box is missing, or the track is unknown", () => {
    const whole = trun(0, 0x100, [], [[100], [200]])
    const cut = [...u32(whole.length - 4), ...whole.slice(4, -4)]
    assert.isTrue(Either.isRight(read(tfhd, tfdt, whole)))
    assert.isTrue(Either.isLeft(read(tfhd, tfdt, cut)))
    assert.isTrue(Either.isLeft(read(tfhd)))
    assert.isTrue(Either.isLeft(read(tfdt)))
    assert.isTrue(Either.isLeft(read(full("tfhd", 0, 0, u32(8)), tfdt)))
  })
})
