import { describe, expect, it } from "@effect/vitest"
import { Option, Schema } from "effect"
import { audioCodec, codecsOf, videoCodec, videoRangeOf } from "../../../src/domain/hls/HlsCodecs.ts"
import { ProbeReport } from "../../../src/domain/media/ProbeReport.ts"

describe("video codec strings", () => {
  it.each([
    ["avc1", "High", 31, "avc1.64001f"],
    ["avc1", "Main", 40, "avc1.4D4028"],
    ["avc1", "Baseline", 30, "avc1.42E01e"],
    ["avc1", "Constrained Baseline", 30, "avc1.64001e"],
    ["avc1", "High", 51, "avc1.640033"],
    ["avc1", "High", 9, "avc1.640009"],
    ["av01", "Main", 8, "av01.0.08M.08"],
    ["av01", "High", 8, "av01.1.08M.08"],
    ["av01", "Professional", 13, "av01.2.13M.08"],
    ["av01", "Unheard of", 4, "av01.1.04M.08"],
    ["hev1", "Main", 93, "hev1.1.6.L93.B0"],
    ["hvc1", "Main", 93, "hvc1.1.6.L93.B0"],
    ["vp09", "Profile 0", -99, "vp09.00.50.08"]
  ])("%s %s %i: %s", (codec_tag_string, profile, level, expected) => {
    expect(videoCodec({ codec_tag_string, profile, level })).toEqual(Option.some(expected))
  })

  it.each([
    ["[27][0][0][0]", "h264", "avc1.64001f"],
    ["[36][0][0][0]", "hevc", "hev1.1.6.L93.B0"],
    ["[0][0][0][0]", "vp9", "vp09.00.50.08"],
    [undefined, "av1", "av01.0.08M.08"]
  ])("other tags go by the name: %s, %s", (codec_tag_string, codec_name, expected) => {
    const profile = codec_name === "av1" ? "Main" : "High"
    const level = codec_name === "av1" ? 8 : 31
    expect(videoCodec({ codec_tag_string, codec_name, profile, level })).toEqual(Option.some(expected))
  })

  it.each([
    [undefined, 480, "avc1.64001e"],
    [undefined, 720, "avc1.64001f"],
    [-99, 1080, "avc1.640028"],
    [undefined, 2160, "avc1.640033"]
  ])("without profile and with level %s at %ip: the usual one", (level, height, expected) => {
    expect(videoCodec({ codec_tag_string: "avc1", level, width: 4000, height })).toEqual(Option.some(expected))
  })

  it("AV1 without profile and level", () => {
    expect(videoCodec({ codec_tag_string: "av01", width: 1920, height: 1080 })).toEqual(Option.some("av01.1.08M.08"))
  })

  it.each([
    ["mp4v", "mpeg4"],
    [undefined, undefined]
  ])("none for %s, %s", (codec_tag_string, codec_name) => {
    expect(videoCodec({ codec_tag_string, codec_name })).toEqual(Option.none())
  })
})

describe("audio codec strings", () => {
  it.each([
    ["opus", "opus"],
    ["vorbis", "vorbis"],
    ["aac", "mp4a.40.2"],
    ["mp3", "mp4a.40.34"],
    ["ac3", "mp4a.40.2"],
    [undefined, "mp4a.40.2"]
  ])("%s: %s", (codec_name, expected) => {
    expect(audioCodec({ codec_name })).toBe(expected)
  })
})

describe("the codecs of a file", () => {
  const report = (...streams: ReadonlyArray<object>) => Schema.decodeUnknownSync(ProbeReport)({ streams })
  const h264 = {
    ...{ codec_type: "video", codec_name: "h264", codec_tag_string: "avc1" },
    ...{ profile: "High", level: 30, width: 854, height: 480 }
  }
  const aac = { codec_type: "audio", codec_name: "aac" }

  it.each([
    ["smpte2084", "PQ"],
    ["arib-std-b67", "HLG"],
    ["bt709", undefined],
    [undefined, undefined]
  ])("the transfer function %s is the range %s", (color_transfer, expected) => {
    expect(Option.getOrUndefined(videoRangeOf(report(aac, { ...h264, color_transfer })))).toBe(expected)
  })

  it.each([
    ["both", [aac, h264], ["avc1.64001e", "mp4a.40.2"]],
    ["video alone", [h264], ["avc1.64001e"]],
    ["sound alone", [aac], ["mp4a.40.2"]],
    [
      "nothing rather than half, when the video is not known",
      [{ ...h264, codec_name: "mpeg4", codec_tag_string: "mp4v" }, aac],
      []
    ],
    ["nothing at all", [], []]
  ])("%s", (_, streams, expected) => {
    expect(codecsOf(report(...streams))).toEqual(expected)
  })
})
