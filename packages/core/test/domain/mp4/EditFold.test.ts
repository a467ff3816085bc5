import { assert, describe, it } from "@effect/vitest"
import { Effect, Either, Option } from "effect"
import * as Mp4 from "../../../src/domain/mp4/index.ts"
import { survey } from "../../../src/jobs/mp4/survey.ts"
import { build, type MadeFile, type MadeRun, type MadeTrack, sourceOf } from "../../support/mp4.ts"

const video = (edits: MadeTrack["edits"]): MadeTrack => ({
  ...{ id: 1, handler: "vide", codec: "avc1", timescale: 10_240, isWide: false, edits }
})
const audio = (edits: MadeTrack["edits"], id = 2): MadeTrack => ({
  ...{ id, handler: "soun", codec: "mp4a", timescale: 48_000, isWide: false, edits }
})

/** Two B-frames of 10 fps behind a key frame: the first picture is shown two frames after its decoding. */
const pictures = (over: Partial<MadeRun> = {}): MadeRun => ({
  ...{ track: 1, decode: 0, isWide: true, durations: "sample", hasOffsets: true },
  samples: [2048, 4096, 2048, 1024].map((offset) => ({ duration: 1024, offset })),
  ...over
})
const sounds = (over: Partial<MadeRun> = {}): MadeRun => ({
  ...{ track: 2, decode: 0, isWide: true, durations: "header", hasOffsets: false },
  samples: Array.from({ length: 20 }, () => ({ duration: 1024, offset: 0 })),
  ...over
})

const file = (tracks: ReadonlyArray<MadeTrack>, ...fragments: MadeFile["fragments"]): MadeFile => ({
  ...{ timescale: 1000, tracks, fragments, index: 1, editsType: "edts", indexed: () => 0 }
})

const read = (made: MadeFile) => Effect.map(survey(sourceOf(build(made))), Option.getOrThrow)

/** Second at which each track is decoded first, after folding. */
const starts = (made: MadeFile, anchor: Partial<Mp4.Anchor> = {}) =>
  Effect.map(read(made), ({ movie, timeline }) =>
    Option.map(Mp4.editFold(movie, timeline, { fps: 10, start: Option.none(), ...anchor }), (fold) =>
      timeline.map(({ start, track }) => (start + (fold.get(track.id) ?? 0)) / track.timescale)
    )
  )

const assertStarts = (made: MadeFile, expected: ReadonlyArray<number>, anchor: Partial<Mp4.Anchor> = {}) =>
  Effect.map(starts(made, anchor), (found) => {
    const times = Option.getOrThrow(found)
    assert.lengthOf(times, expected.length)
    for (const [index, time] of expected.entries()) assert.closeTo(times[index] ?? Number.NaN, time, 0.001)
  })

const priming = 1024 / 48_000
const pause = (milliseconds: number) => ({ duration: milliseconds, mediaTime: -1 })
const from = (mediaTime: number) => ({ duration: 0, mediaTime })

describe("editFold", () => {
  it.effect("FFmpeg's two entries: audio starts with the first picture, which is shown at the origin", () =>
    assertStarts(file([video([pause(200), from(2048)]), audio([pause(179), from(0)])], [pictures(), sounds()]), [
      Mp4.originOf(10) - 0.2,
      Mp4.originOf(10) - priming
    ])
  )

  it.effect("audio that starts 0.7 s late stays 0.7 s late", () =>
    assertStarts(file([video([pause(200), from(2048)]), audio([pause(879), from(0)])], [pictures(), sounds()]), [
      Mp4.originOf(10) - 0.2,
      Mp4.originOf(10) - priming + 0.7
    ])
  )

  it.effect("video that starts 0.5 s late stays 0.5 s late", () =>
    assertStarts(file([video([pause(521), from(2048)]), audio([from(0)])], [pictures(), sounds()]), [
      Mp4.originOf(10) - 0.2 + 0.5,
      Mp4.originOf(10) - priming
    ])
  )

  for (const samples of [1024, 2112]) {
    it.effect(`an edit list that hides ${samples} samples of priming: they are decoded before the origin`, () =>
      assertStarts(file([video([from(2048)]), audio([from(samples)])], [pictures(), sounds()]), [
        Mp4.originOf(10) - 0.2,
        Mp4.originOf(10) - samples / 48_000
      ])
    )
  }

  it.effect("video and audio in files of their own begin together", () =>
    Effect.gen(function* () {
      yield* assertStarts(file([video([pause(200), from(2048)])], [pictures()]), [Mp4.originOf(10) - 0.2])
      yield* assertStarts(file([audio([from(0)], 2)], [sounds()]), [Mp4.originOf(10) - priming])
    })
  )

  it.effect("pictures that are shown before they are decoded begin at the origin as well", () => {
    const early = pictures({ samples: [{ duration: 1024, offset: -2048 }] })
    return assertStarts(file([video([])], [early]), [Mp4.originOf(10) + 0.2])
  })

  it.effect("a track in a file of its own keeps its late start", () =>
    assertStarts(file([audio([pause(679), from(0)])], [sounds()]), [Mp4.originOf(10) - priming + 0.7])
  )

  it.effect("a known start of the source counts where the file cannot tell it from the delay of FFmpeg", () =>
    assertStarts(file([video([pause(200), from(2048)])], [pictures()]), [Mp4.originOf(10) - 0.2 + 0.1], {
      start: Option.some(0.1)
    })
  )

  it.effect("signed composition offsets count", () =>
    assertStarts(
      file(
        [video([pause(200), from(0)]), audio([pause(179), from(0)])],
        [pictures({ samples: [0, 2048, 0, -1024].map((offset) => ({ duration: 1024, offset })) }), sounds()]
      ),
      [Mp4.originOf(10), Mp4.originOf(10) - priming]
    )
  )

  it.effect("a decode time would be negative: the whole file is later", () =>
    assertStarts(file([video([from(2048)]), audio([from(48_000)])], [pictures(), sounds()]), [1 - 0.2, 0])
  )

  it.effect("nothing to do without edit lists, and without fragments", () =>
    Effect.gen(function* () {
      assert.isTrue(Option.isNone(yield* starts(file([video(undefined)], [pictures()]))))
      assert.isTrue(Option.isNone(yield* starts(file([video([from(0)])]))))
    })
  )

  it.effect("a file of our own runner, which has no edit lists, moves to the origin of its video", () =>
    Effect.gen(function* () {
      const plain = file(
        [video(undefined), audio(undefined)],
        [
          pictures({
            decode: Math.round((Mp4.originOf(0) - 0.1) * 10_240),
            samples: [{ duration: 1024, offset: 1024 }]
          }),
          sounds({ decode: Math.round((Mp4.originOf(0) - priming) * 48_000) })
        ]
      )
      yield* assertStarts(plain, [Mp4.originOf(10) - 0.1, Mp4.originOf(10) - priming])
      assert.isTrue(Option.isNone(yield* starts(plain, { fps: 30 })))
    })
  )

  it.effect("what precedes the origin in audio of our own runner is priming, of any length", () =>
    Effect.forEach([1024, 2112], (samples) => {
      const plain = file([audio(undefined)], [sounds({ decode: Mp4.originOf(0) * 48_000 - samples })])
      return assertStarts(plain, [Mp4.originOf(10) - samples / 48_000])
    })
  )

  it.effect("a time of 32 bits that would overflow leaves the file as it is", () =>
    Effect.gen(function* () {
      const at = (decode: number, isWide: boolean) =>
        starts(file([video([pause(200), from(2048)])], [pictures({ decode: 0, isWide }), pictures({ decode, isWide })]))
      assert.isTrue(Option.isNone(yield* at(2 ** 32 - 1, false)))
      assert.isTrue(Option.isSome(yield* at(2 ** 32 - 5000, false)))
      assert.isTrue(Option.isSome(yield* at(2 ** 32 - 1, true)))
    })
  )

  it("the origin leaves three frames of the slowest rendition", () => {
    assert.deepStrictEqual([0, 5, 10, 30, 60].map(Mp4.originOf), [0.125, 0.6, 0.3, 0.125, 0.125])
  })
})

describe("the timeline of a file", () => {
  const broken = (decode: number) =>
    Effect.map(read(file([video([])], [pictures()], [pictures({ decode })])), ({ timeline }) =>
      Option.map(Mp4.breakOf(timeline, 0.05), ({ at, by }) => [at, by])
    )

  it.effect("is continuous when each fragment begins where the one before ended", () =>
    Effect.map(broken(4 * 1024), (found) => assert.deepStrictEqual(found, Option.none()))
  )

  it.effect("a jump is found, ahead and back", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* broken(14 * 1024), Option.some([0.4, 1]))
      assert.deepStrictEqual(yield* broken(0), Option.some([0.4, -0.4]))
    })
  )

  it.effect("counts the samples of every track of the header, and how long they last", () =>
    Effect.map(
      read(file([video([]), audio([])], [pictures(), sounds()], [pictures({ decode: 4096 })])),
      ({ movie, timeline }) =>
        assert.deepStrictEqual(
          Mp4.lengthsOf(movie, timeline).map(({ samples, seconds, track }) => [track.kind, samples, seconds]),
          [
            ["video", 8, 0.8],
            ["audio", 20, (20 * 1024) / 48_000]
          ]
        )
    )
  )

  it.effect("a track without samples is there, too", () =>
    Effect.map(read(file([video([]), audio([])], [sounds()])), ({ movie, timeline }) =>
      assert.deepStrictEqual(
        Mp4.lengthsOf(movie, timeline).map(({ samples }) => samples),
        [0, 20]
      )
    )
  )
})

describe("what cannot be read", () => {
  it("a header that is no header", () => {
    const found = Mp4.readMovie(new Uint8Array(8))
    assert.strictEqual(Either.getOrThrow(Either.flip(found)).message, "The MP4 file has a damaged moov box.")
  })

  it.effect("only the boxes that describe the media are read", () =>
    Effect.gen(function* () {
      const made = build(file([video([from(0)])], [pictures()]))
      const media = new Uint8Array(10 * 1024 ** 2)
      new DataView(media.buffer).setUint32(0, media.length)
      media.set(new TextEncoder().encode("mdat"), 4)
      const source = sourceOf(new Uint8Array(Buffer.concat([made, media])))
      yield* survey(source)
      assert.isBelow(source.readBytes(), 100_000)
    })
  )

  it.effect("short fragments are read many at once", () =>
    Effect.gen(function* () {
      const [count, each] = [900, 8 * 1024]
      const media = new Uint8Array(count * each)
      for (let at = 0; at < media.length; at += each) {
        new DataView(media.buffer).setUint32(at, each)
        media.set(new TextEncoder().encode("mdat"), at + 4)
      }
      const made = build(file([video([from(0)])], [pictures()]))
      const source = sourceOf(new Uint8Array(Buffer.concat([made, media])), 1024 ** 2)
      yield* survey(source)
      assert.isBelow(source.ranges(), 20)
    })
  )
})
