import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Either, Option } from "effect"
import { readMovie } from "../../../src/domain/mp4/Movie.ts"
import { box, full, text, u32, u64, zeros } from "./boxBytes.ts"

/** `mvhd` or `mdhd`: two times stand before the timescale. */
const header = (type: string, version: 0 | 1, timescale: number) =>
  full(type, version, 0, zeros(version === 1 ? 16 : 8), u32(timescale), zeros(8))

interface Made {
  readonly version?: 0 | 1
  readonly id?: number
  readonly handler?: string
  readonly codec?: string | undefined
  readonly timescale?: number
  readonly edits?: ReadonlyArray<number>
}

const trak = ({ codec = "avc1", edits, handler = "vide", id = 7, timescale = 600, version = 0 }: Made) =>
  box(
    "trak",
    full("tkhd", version, 0, zeros(version === 1 ? 16 : 8), u32(id), zeros(8)),
    ...(edits === undefined ? [] : [box("edts", edits)]),
    box(
      "mdia",
      header("mdhd", version, timescale),
      full("hdlr", 0, 0, u32(0), text(handler), zeros(12)),
      box("minf", box("stbl", full("stsd", 0, 0, u32(codec === "" ? 0 : 1), codec === "" ? [] : box(codec, zeros(4)))))
    )
  )

const moov = (...parts: ReadonlyArray<ReadonlyArray<number>>) =>
  Uint8Array.from(box("moov", header("mvhd", 0, 1000), ...parts))

const trackOf = (made: Made, ...more: ReadonlyArray<ReadonlyArray<number>>) => {
  const [track] = Either.getOrThrow(readMovie(moov(trak(made), ...more))).tracks
  assert.isDefined(track)
  return track
}

const editList = (version: 0 | 1, ...edits: ReadonlyArray<readonly [duration: number, mediaTime: number]>) =>
  full(
    "elst",
    version,
    0,
    u32(edits.length),
    ...edits.map(([duration, time]) => [
      ...(version === 1 ? [...u64(BigInt(duration)), ...u64(BigInt(time))] : [...u32(duration), ...u32(time)]),
      ...u32(0x10000)
    ])
  )

describe("the header of an MP4 file", () => {
  it("has its timescale in both versions", () => {
    for (const version of [0, 1] as const) {
      const bytes = Uint8Array.from(box("moov", header("mvhd", version, 90_000)))
      deepStrictEqual(readMovie(bytes), Either.right({ timescale: 90_000, tracks: [] }))
    }
    assert.strictEqual(Either.getOrThrow(readMovie(Uint8Array.from(box("moov", header("mvhd", 0, 1))))).timescale, 1)
  })

  it("is damaged with more boxes or edits than any video has", () => {
    const boxes = Array.from({ length: 30_001 }, () => box("free")).flat()
    assert.isTrue(Either.isLeft(readMovie(moov(trak({}), boxes))))
    const edits = Array.from({ length: 10_001 }, () => [1, 0] as const)
    assert.isTrue(Either.isLeft(readMovie(moov(trak({ edits: editList(0, ...edits) })))))
    assert.lengthOf(trackOf({ edits: editList(0, ...edits.slice(1)) }).edits, 10_000)
  })

  it("is damaged without a timescale or with one of 0", () => {
    assert.isTrue(Either.isLeft(readMovie(Uint8Array.from(box("moov", header("mvhd", 0, 0))))))
    assert.isTrue(Either.isLeft(readMovie(Uint8Array.from(box("moov", zeros(8))))))
    assert.isTrue(Either.isLeft(readMovie(moov(trak({ timescale: 0 })))))
  })

  it("describes its tracks in both versions", () => {
    for (const version of [0, 1] as const) {
      deepStrictEqual(trackOf({ version }), {
        ...{ id: 7, kind: "video", codec: "avc1", timescale: 600, edits: [] },
        editsTypeAt: Option.none(),
        sampleDuration: 0
      })
    }
    assert.deepInclude(trackOf({ handler: "soun", codec: "mp4a", id: 2, timescale: 48_000 }), {
      ...{ id: 2, kind: "audio", codec: "mp4a", timescale: 48_000 }
    })
    assert.deepInclude(trackOf({ handler: "text", codec: "" }), { kind: "other", codec: "" })
  })

  it("has the edits of a track in both versions, and where they are", () => {
    for (const version of [0, 1] as const) {
      const edits = editList(version, [200, -1], [0, 2048])
      const { edits: found, editsTypeAt } = trackOf({ edits })
      deepStrictEqual(found, [
        { duration: 200, mediaTime: -1 },
        { duration: 0, mediaTime: 2048 }
      ])
      const at = Option.getOrThrow(editsTypeAt)
      deepStrictEqual(Array.from(moov(trak({ edits })).slice(at, at + 4)), text("edts"))
    }
  })

  it("is damaged when an edit list is cut off", () => {
    const short = editList(0, [200, -1], [0, 2048]).slice(0, -12)
    const cut = [...u32(short.length), ...short.slice(4)]
    assert.isTrue(Either.isLeft(readMovie(moov(trak({ edits: cut })))))
  })

  it("has the default duration of the samples of each track", () => {
    const trex = (id: number, duration: number) => full("trex", 0, 0, u32(id), u32(1), u32(duration), zeros(8))
    const mvex = box("mvex", full("mehd", 0, 0, u32(9)), trex(8, 512), trex(7, 1024))
    assert.strictEqual(trackOf({}, mvex).sampleDuration, 1024)
    assert.strictEqual(trackOf({ id: 9 }, mvex).sampleDuration, 0)
  })
})
