import { Option, Schema } from "effect"
import { describe, expect, it } from "vitest"
import { ProbeReport } from "../../../src/domain/media/ProbeReport.ts"
import { sourceToRepack, toRepack } from "../../../src/domain/media/Repacking.ts"
import { sourceTracks } from "../../../src/domain/media/SourceTracks.ts"

const video = { index: 0, codec_type: "video", codec_name: "h264", width: 640, height: 360, avg_frame_rate: "25/1" }
const audio = (codec: string, index = 1) => ({ index, codec_type: "audio", codec_name: codec, channels: 2 })

const found = (format: string, streams: ReadonlyArray<object>) =>
  sourceToRepack(
    Schema.decodeUnknownSync(ProbeReport)({
      format: { format_name: format, duration: "9", start_time: "1.4" },
      streams
    })
  )

const tracks = (format: string, streams: ReadonlyArray<object>) =>
  Option.getOrUndefined(Option.map(found(format, streams), (_) => _.tracks))

describe("a source that runners could not copy from", () => {
  it("is a transport stream with AAC: its chosen tracks are moved into MP4", () => {
    expect(tracks("mpegts", [video, audio("aac")])).toEqual([0, 1])
    expect(tracks("mpegts", [audio("mp2", 0), { ...audio("aac", 2), disposition: { default: 1 } }])).toEqual([2])
  })

  it("begins with its picture, not with what the AAC encoder put before the sound", () => {
    const streams = [
      { ...video, start_time: "1.421333" },
      { ...audio("aac"), start_time: "1.4", sample_rate: "48000" }
    ]
    const { origin, start } = Option.getOrThrow(found("mpegts", streams))
    expect(start).toBe(1.4)
    expect(origin).toBeCloseTo(1.421333, 6)
    const late = [{ ...video, start_time: "2" }, streams[1] ?? {}]
    expect(Option.getOrThrow(found("mpegts", late)).origin).toBeCloseTo(1.421333, 6)
  })

  it("is bare AAC", () => {
    expect(tracks("aac", [audio("aac", 0)])).toEqual([0])
  })

  for (const [format, codec] of [
    ["mpegts", "mp2"],
    ["mpegts", "ac3"],
    ["mov,mp4,m4a,3gp,3g2,mj2", "aac"],
    ["matroska,webm", "aac"],
    ["flv", "aac"]
  ] as const) {
    it(`is not ${format} with ${codec}`, () => {
      expect(tracks(format, [video, audio(codec)])).toBeUndefined()
    })
  }

  it("is not a transport stream without audio", () => {
    expect(tracks("mpegts", [video])).toBeUndefined()
  })
})

describe("audio that is taken out of a source", () => {
  const originIn = (format: string) => {
    const report = Schema.decodeUnknownSync(ProbeReport)({
      format: { format_name: format, duration: "9" },
      streams: [video, { ...audio("aac"), start_time: "0.5", sample_rate: "48000" }]
    })
    const { audio: track } = sourceTracks(report)
    return Option.getOrThrow(toRepack(report, { audio: track })).origin
  }

  it("begins with its first sound, which MP4 gives as its start", () => {
    expect(originIn("mov,mp4,m4a,3gp,3g2,mj2")).toBeCloseTo(0.5, 6)
    expect(originIn("matroska,webm")).toBeCloseTo(0.521333, 6)
  })
})
