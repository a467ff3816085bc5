import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { summarize } from "../../../src/domain/media/MediaFacts.ts"
import { ProbeReport } from "../../../src/domain/media/ProbeReport.ts"

const h264 = {
  ...{ codec_type: "video", codec_name: "h264", profile: "High", width: 1280, height: 720, duration: "60" },
  ...{ avg_frame_rate: "30/1", r_frame_rate: "30/1", sample_aspect_ratio: "1:1", field_order: "progressive" }
}

const isPlain = (over: object, bitrate: string | undefined = "3000000") =>
  summarize(
    Schema.decodeUnknownSync(ProbeReport)({
      format: { format_name: "mov,mp4,m4a,3gp,3g2,mj2", duration: "60", bit_rate: bitrate },
      streams: [{ ...h264, ...over }]
    })
  ).isPlain

describe("a picture that players of HLS get as it is", () => {
  it("is H.264 with a usual size, shape, rate and bitrate", () => {
    expect(isPlain({})).toBe(true)
    expect(isPlain({ profile: "Constrained Baseline", sample_aspect_ratio: undefined })).toBe(true)
  })

  it.each([
    ["another codec", { codec_name: "hevc" }],
    ["ten bits", { profile: "High 10" }],
    ["no known profile", { profile: undefined }],
    ["HDR", { color_transfer: "smpte2084" }],
    ["two fields", { field_order: "tt" }],
    ["pixels that are not square", { sample_aspect_ratio: "4:3" }],
    ["a rotation", { side_data_list: [{ rotation: 90 }] }],
    ["a rotation in a tag", { tags: { rotate: "180" } }],
    ["an odd side", { width: 1279 }],
    ["no frame rate", { avg_frame_rate: "0/0", r_frame_rate: "0/0" }]
  ])("has not %s", (_, over) => {
    expect(isPlain(over)).toBeUndefined()
  })

  it("has a known bitrate, and not many more bits than needed", () => {
    expect(isPlain({}, "40000000")).toBeUndefined()
    expect(isPlain({}, "N/A")).toBeUndefined()
  })
})
