import { describe, expect, it } from "@effect/vitest"
import { Option, Schema } from "effect"
import { make, mustCount, withPackets } from "../../../src/domain/media/PacketTimeline.ts"
import { ProbeReport } from "../../../src/domain/media/ProbeReport.ts"
import { sourceTracks } from "../../../src/domain/media/SourceTracks.ts"

const report = (format_name: string, ...streams: ReadonlyArray<object>) =>
  Schema.decodeUnknownSync(ProbeReport)({ format: { format_name }, streams })

const video = { codec_type: "video", codec_name: "h264", width: 64, height: 36, avg_frame_rate: "10/1" }
const audio = { codec_type: "audio", codec_name: "aac" }

/** What a timeline finds in the packets of a format, rounded to milliseconds. */
const count = (format_name: string, lines: ReadonlyArray<string>) => {
  const timeline = make(report(format_name))
  lines.forEach(timeline.add)
  const rounded = (value: number) => Math.round(value * 1000) / 1000
  return Object.fromEntries(
    [...timeline.counts()].map(([index, { count, end, start }]) => [index, [count, rounded(start), rounded(end)]])
  )
}

/** Packets of a tenth of a second, from a moment on. */
const tenths = (stream: number, from: number, packets: number) =>
  Array.from({ length: packets }, (_, n) => {
    const time = (from + n / 10).toFixed(6)
    return `${stream},${time},${time},0.100000`
  })

describe("the timeline of the packets", () => {
  it("finds the start and end of each stream, in any coding order", () => {
    const coded = [
      "0,1.000000,0.800000,0.1",
      "0,1.300000,0.900000,0.1",
      "0,1.100000,1.000000,0.1",
      "0,1.200000,1.1,0.1"
    ]
    expect(count("mpegts", [...coded, ...tenths(1, 0.9, 3)])).toEqual({ 0: [4, 1, 1.4], 1: [3, 0.9, 1.2] })
  })

  it("passes over lines that are no packets", () => {
    expect(count("aac", ["", "Skip Samples,0", ...tenths(0, 0, 2), "\r", "N/A"])).toEqual({ 0: [2, 0, 0.2] })
  })

  it("counts on where timestamps are missing", () => {
    expect(count("mpegvideo", ["0,0.000,0.000,0.04", "0,N/A,0.040,0.04", "0,N/A,N/A,0.04"])).toEqual({
      0: [3, 0, 0.12]
    })
    expect(count("asf", ["0,0.046,0.046,N/A"])).toEqual({ 0: [1, 0.046, 0.046] })
  })

  it.each(["mpegts", "mpeg", "ogg"])("%s: goes on where the clock starts anew", (format) => {
    const joined = [...tenths(0, 1.4, 30), ...tenths(0, 1.4, 30), ...tenths(0, 1.4, 30)]
    expect(count(format, joined)).toEqual({ 0: [90, 1.4, 10.4] })
  })

  it("shifts all streams by a jump of one of them", () => {
    const part = [...tenths(0, 1, 30), ...tenths(1, 1, 29)]
    const { 0: shown, 1: heard } = count("mpegts", [...part, ...part])
    expect(shown).toEqual([60, 1, 7])
    expect(heard).toEqual([58, 1, 6.9])
  })

  it("takes a jump forward out of a transport stream, and leaves a pause in", () => {
    expect(count("mpegts", [...tenths(0, 0, 10), ...tenths(0, 3600, 10)])).toEqual({ 0: [20, 0, 2] })
    expect(count("mpegts", [...tenths(0, 0, 10), ...tenths(0, 9, 10)])).toEqual({ 0: [20, 0, 10] })
    expect(count("flv", [...tenths(0, 0, 1), ...tenths(0, 60, 1)])).toEqual({ 0: [2, 0, 60.1] })
    expect(count("ogg", [...tenths(0, 0, 1), ...tenths(0, 60, 1)])).toEqual({ 0: [2, 0, 60.1] })
  })

  it("has the last word in a report", () => {
    const timeline = make(report("mpegts"))
    tenths(0, 1, 30).forEach(timeline.add)
    const found = sourceTracks(
      withPackets(report("mpegts", { ...video, duration: "99", avg_frame_rate: "0/0" }), timeline.counts())
    )
    expect(found.duration).toEqual(Option.some(expect.closeTo(3, 5)))
    expect(Option.getOrThrow(found.video).fps).toEqual(Option.some(expect.closeTo(10, 5)))
  })
})

describe("when packets must be counted", () => {
  const mp4 = "mov,mp4,m4a,3gp,3g2,mj2"
  const stated = { duration: "10", nb_frames: "100" }
  const tagged = { tags: { DURATION: "00:00:10.000000000" } }

  it.each([
    [false, "MP4", mp4, { ...video, ...stated }],
    [true, "MP4 in fragments", mp4, { ...video, duration: "10" }],
    [false, "Matroska with tags", "matroska,webm", { ...video, ...tagged }],
    [true, "Matroska without", "matroska,webm", { ...video, duration: "10" }],
    [
      true,
      "Matroska with a track of which no packet was seen",
      "matroska,webm",
      { ...video, ...tagged, duration: "10" }
    ],
    [false, "WAV", "wav", { ...audio, duration: "10" }],
    [true, "FLAC that states nothing", "flac", audio],
    [true, "AAC, whose duration is guessed from a bit rate", "aac", { ...audio, duration: "10" }],
    ...["mp3", "mpegts", "mpeg", "mpegvideo", "flv", "avi", "asf", "ogg"].map(
      (format) => [true, format, format, { ...video, duration: "10" }] as const
    ),
    [true, "a video without a frame rate", mp4, { ...video, ...stated, avg_frame_rate: "0/0" }],
    [true, "a video that may be a single picture", mp4, { ...video, nb_frames: "4", duration: "0.4" }],
    [false, "a picture", "png_pipe", { ...video, codec_name: "png" }],
    [false, "subtitles", "matroska,webm", { codec_type: "subtitle" }]
  ] as ReadonlyArray<readonly [boolean, string, string, object]>)("%s: %s", (expected, _, format, stream) => {
    expect(mustCount(report(format, stream))).toBe(expected)
  })
})
