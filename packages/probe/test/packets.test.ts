import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { fixturePath } from "@runner-connector/contracts/media"
import { FileStorage, MediaProbe, Mp4Packets, PacketTimeline, ProbeReport } from "@runner-connector/core"
import { Effect, Option, Schema, Stream } from "effect"
import { nativeFfmpeg } from "../../../test/fixtures/nativeFfmpeg.ts"
import * as Ffprobe from "../src/Ffprobe.ts"
import { codecs, picture, run, sound } from "./support/makeFiles.ts"

const fileOf = (bytes: Uint8Array): Mp4Packets.Source => ({
  size: bytes.length,
  read: ({ end, start }) => Stream.make(bytes.subarray(start, end + 1))
})

const ofBoxes = (bytes: Uint8Array) =>
  Option.getOrThrow(Effect.runSync(Mp4Packets.packetsOf(fileOf(bytes)))).map(({ packets }) => packets)

/** What FFmpeg counts by reading each packet. */
const ofPackets = (path: string) => {
  const entries = ["-show_entries", PacketTimeline.PACKET_ENTRIES]
  const lines = execFileSync("ffprobe", ["-v", "error", ...entries, "-of", "csv=p=0", path], { encoding: "utf8" })
  const timeline = PacketTimeline.make(Schema.decodeUnknownSync(ProbeReport.ProbeReport)({ format: {} }))
  lines.split("\n").forEach(timeline.add)
  return timeline.counts()
}

/** Seconds of the longest AAC packet in these files. */
const AAC_FRAME = 1024 / 44_100

const hls = ["-f", "hls", "-hls_time", "2", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"]
const fragments = (...flags: ReadonlyArray<string>) => [
  "-movflags",
  ["+frag_keyframe", "empty_moov", ...flags].join("+")
]
const reordered = [...picture(5, 30), ...sound(5), "-c:v", "libx264", "-bf", "3", "-g", "30", "-c:a", "aac"]

/** How runners and recorders write fragments. */
const ways: Readonly<Record<string, ReadonlyArray<string>>> = {
  "with an edit list for reordered pictures": [...reordered, ...fragments()],
  "with late audio": [...picture(3), "-itsoffset", "1.5", ...sound(2), ...codecs, ...fragments("delay_moov")],
  "with audio only": [...sound(3), "-c:a", "aac", ...fragments("delay_moov")]
}

if (nativeFfmpeg._tag === "Right") {
  const folder = mkdtempSync(join(tmpdir(), "runner-connector-packets-"))
  afterAll(() => rmSync(folder, { recursive: true }))

  const assertSame = (path: string) => {
    const counted = ofPackets(path)
    const boxes = ofBoxes(readFileSync(path))
    assert.strictEqual(boxes.length, counted.size)
    boxes.forEach((packets, index) => {
      const { count, end, start } = Option.getOrThrow(packets)
      const expected = counted.get(index)
      assert.strictEqual(count, expected?.count)
      assert.closeTo(start, expected?.start ?? Number.NaN, 0.00001)
      // FFmpeg gives the last packet of audio the length of all others.
      assert.closeTo(end, expected?.end ?? Number.NaN, AAC_FRAME)
    })
  }

  describe("the packets of a fragmented MP4 file by its boxes", () => {
    for (const [way, args] of Object.entries(ways)) {
      it(`are those that FFmpeg reads, ${way}`, () => {
        const path = join(folder, "made.mp4")
        run(...args, path)
        assertSame(path)
      })
    }

    it.effect("are not read again by a probe to which they are given", () =>
      Effect.gen(function* () {
        const { probe } = yield* MediaProbe.MediaProbe
        const source = FileStorage.MediaSource.Path({ path: fixturePath("fragmented.mp4") })
        const packets = { count: 7, start: 0, end: 4 }
        const given = (["video", "audio"] as const).map((kind) => ({ kind, packets: Option.some(packets) }))
        const { streams } = yield* probe(source, Effect.succeed(given))
        assert.deepStrictEqual(
          streams.map((stream) => stream.packets),
          [packets, packets]
        )
        const { streams: counted } = yield* probe(source, Effect.succeed([]))
        assert.isTrue(counted.every((stream) => (stream.packets?.count ?? 0) > 7))
      }).pipe(Effect.provide(Ffprobe.layer))
    )

    it("are left to FFmpeg when pictures are shown before they are decoded", () => {
      const path = join(folder, "advanced.mp4")
      run(...reordered, ...fragments("negative_cts_offsets", "default_base_moof"), path)
      assert.isTrue(ofBoxes(readFileSync(path)).some(Option.isNone))
    })

    it("are those that FFmpeg reads of the result of a runner", () => {
      const path = join(folder, "result.mp4")
      const output = ["-hls_flags", "single_file", "-hls_segment_filename", path, join(folder, "result.m3u8")]
      run(...reordered, ...hls, ...output)
      assertSame(path)
    })
  })
}

describe("the boxes of an MP4 file", () => {
  const bytes = new Uint8Array(readFileSync(fixturePath("fragmented.mp4")))

  it("list the kinds of the tracks, wherever the header stands", () => {
    const kinds = (file: Uint8Array) => Effect.runSync(Mp4Packets.kindsOf(fileOf(file)))
    for (const name of ["fragmented.mp4", "faststart.mp4"] as const) {
      const file = new Uint8Array(readFileSync(fixturePath(name)))
      assert.deepStrictEqual(kinds(file), Option.some(["video", "audio"] as const))
    }
    assert.deepStrictEqual(kinds(new TextEncoder().encode("something else entirely")), Option.none())
  })

  it("count packets whose bytes are there", () => {
    assert.isTrue(ofBoxes(bytes).every(Option.isSome))
  })

  it("count none of a fragment whose samples do not fill its data", () => {
    const short = Uint8Array.from(bytes)
    const at = Buffer.from(bytes).indexOf("mdat") - 4
    const view = new DataView(short.buffer)
    const size = view.getUint32(at)
    // The last eight bytes of the data become a box of their own.
    view.setUint32(at, size - 8)
    short.set([0, 0, 0, 8, ...Buffer.from("free")], at + size - 8)
    assert.isTrue(ofBoxes(short).every(Option.isNone))
  })

  it("fail when the last box is cut off", () => {
    const cut = Effect.runSyncExit(Mp4Packets.packetsOf(fileOf(bytes.subarray(0, bytes.length - 1))))
    assert.strictEqual(cut._tag, "Failure")
  })

  it("count none of a file without fragments, or with another file behind it", () => {
    assert.isTrue(ofBoxes(new Uint8Array(readFileSync(fixturePath("faststart.mp4")))).every(Option.isNone))
    assert.isTrue(ofBoxes(Buffer.concat([bytes, bytes])).every(Option.isNone))
  })
})
