import { describe, expect, it } from "@effect/vitest"
import { Either, FastCheck as fc, Option, Schema } from "effect"
import { isUsable, summarize } from "../../../src/domain/media/MediaFacts.ts"
import { MediaSummary } from "../../../src/domain/media/MediaSummary.ts"
import { ProbeReport } from "../../../src/domain/media/ProbeReport.ts"

const report = (format: object, ...streams: ReadonlyArray<object>): ProbeReport =>
  Schema.decodeUnknownSync(ProbeReport)({ format, streams })

const mp4 = { format_name: "mov,mp4,m4a,3gp,3g2,mj2", duration: "5.005000", size: "218910" }
const h264 = {
  codec_type: "video",
  codec_name: "h264",
  codec_tag_string: "avc1",
  width: 1280,
  height: 720,
  avg_frame_rate: "30000/1001",
  r_frame_rate: "30000/1001"
}
const aac = { codec_type: "audio", codec_name: "aac" }
const cover = {
  codec_type: "video",
  codec_name: "mjpeg",
  width: 500,
  height: 500,
  avg_frame_rate: "0/0",
  r_frame_rate: "90000/1",
  disposition: { attached_pic: 1 }
}

describe("summarize", () => {
  it("an ordinary video", () => {
    expect(summarize(report(mp4, h264, aac))).toMatchObject({
      duration: Option.some(5.005),
      size: 218_910,
      hasVideo: true,
      hasAudio: true,
      width: 1280,
      height: 720,
      fps: 30
    })
  })

  it.each([
    [{ side_data_list: [{ rotation: -90 }] }, 720, 1280],
    [{ side_data_list: [{ rotation: 90 }] }, 720, 1280],
    [{ side_data_list: [{}, { rotation: 90 }] }, 720, 1280],
    [{ side_data_list: [{ rotation: 180 }] }, 1280, 720],
    [{ side_data_list: [{ rotation: 45 }] }, 1280, 720],
    [{ side_data_list: [{ rotation: 0 }], tags: { rotate: "90" } }, 1280, 720],
    [{ tags: { rotate: "90" } }, 720, 1280],
    [{ tags: { rotate: "270" } }, 720, 1280],
    [{ tags: { rotate: "sideways" } }, 1280, 720]
  ])("%o is shown as %ix%i", (rotation, width, height) => {
    expect(summarize(report(mp4, { ...h264, ...rotation }))).toMatchObject({ width, height })
  })

  it.each([
    ["30000/1001", "0/0", 30],
    ["24000/1001", "0/0", 24],
    ["0/0", "25/1", 25],
    ["0/0", "0/0", 0],
    [undefined, undefined, 0],
    ["50/1", "25/1", 50],
    ["1000/1", "1000/1", 0],
    ["1000/1", "30/1", 30],
    ["2/5", "0/0", 1],
    ["60", undefined, 60],
    ["thirty", "30/1", 30],
    ["30/0", "-30/1", 0],
    ["0/0", "120/1", 0]
  ])("average %s, else %s: %i frames a second", (avg_frame_rate, r_frame_rate, fps) => {
    expect(summarize(report(mp4, { ...h264, avg_frame_rate, r_frame_rate })).fps).toBe(fps)
  })

  it.each([
    ["the longer of picture and sound", { duration: "10" }, "8", "9", Option.some(9)],
    ["the container's for the track that has none", { duration: "10" }, "8", undefined, Option.some(10)],
    ["the one that is known", {}, "8", undefined, Option.some(8)],
    ["zero is unknown", { duration: "0.000000" }, "0", "0", Option.none()],
    ["not available", { duration: "N/A" }, undefined, undefined, Option.none()]
  ])("duration: %s", (_, format, shown, heard, expected) => {
    const made = report(format, { ...h264, duration: shown }, { ...aac, duration: heard })
    expect(summarize(made).duration).toEqual(expected)
  })

  it("the size in the report, else the one that is known, else 0", () => {
    expect(summarize(report({ size: "7" }, h264), { size: 9 }).size).toBe(7)
    expect(summarize(report({}, h264), { size: 9 }).size).toBe(9)
    expect(summarize(report({}, h264)).size).toBe(0)
  })

  it("cover art is no video", () => {
    const song = { duration: Option.some(2), hasVideo: false, hasAudio: true, width: 0, height: 0, fps: 0 }
    const unmarked = { ...cover, disposition: {} }
    const oneFrame = { ...unmarked, avg_frame_rate: "25/1", r_frame_rate: "25/1", duration: "0.040000" }
    for (const picture of [cover, unmarked, oneFrame]) {
      expect(summarize(report({ format_name: "mp3", duration: "2" }, aac, picture))).toMatchObject(song)
    }
  })

  it("finds the video behind the cover", () => {
    expect(summarize(report(mp4, cover, h264))).toMatchObject({ hasVideo: true, width: 1280, height: 720 })
  })

  it("motion JPEG is video", () => {
    const stream = { ...h264, codec_name: "mjpeg", codec_tag_string: "MJPG", avg_frame_rate: "10/1", duration: "1.0" }
    expect(summarize(report({ format_name: "avi" }, stream))).toMatchObject({ hasVideo: true, fps: 10 })
  })

  it("accepts any report of a probe", () => {
    const isSummary = Schema.is(Schema.typeSchema(MediaSummary))
    const text = fc.oneof(fc.string(), fc.constantFrom("30/1", "0/0", "N/A", "1e400", "12"))
    const stream = fc.record(
      {
        codec_type: fc.constantFrom("video", "audio", "subtitle"),
        codec_name: text,
        width: fc.oneof(fc.integer(), fc.string()),
        height: fc.oneof(fc.integer(), fc.constant(null)),
        avg_frame_rate: text,
        r_frame_rate: text,
        duration: text,
        side_data_list: fc.anything(),
        tags: fc.anything()
      },
      { requiredKeys: [] }
    )
    const format = fc.record({ format_name: text, duration: text, size: text }, { requiredKeys: [] })
    fc.assert(fc.property(format, fc.array(stream), (made, streams) => isSummary(summarize(report(made, ...streams)))))
  })
})

describe("isUsable", () => {
  it("takes video, video without sound, and sound alone", () => {
    for (const streams of [[h264, aac], [h264], [aac], [aac, cover]]) {
      expect(Either.isRight(isUsable(report(mp4, ...streams)))).toBe(true)
    }
  })

  it("misses nothing when size, duration, profile and level are missing", () => {
    const result = Either.getOrThrow(isUsable(report({}, h264), { size: 12 }))
    expect(result).toMatchObject({ size: 12, duration: Option.none(), hasVideo: true })
  })

  const still = { codec_type: "video", width: 320, height: 240, avg_frame_rate: "25/1", r_frame_rate: "25/1" }
  it.each([
    ["Picture", "a JPEG", { format_name: "image2" }, { ...still, codec_name: "mjpeg", duration: "0.040000" }],
    ["Picture", "a PNG", { format_name: "png_pipe" }, { ...still, codec_name: "png" }],
    ["Picture", "a WebP", { format_name: "webp_pipe" }, { ...still, codec_name: "webp" }],
    ["Picture", "an AVIF", mp4, { ...still, codec_name: "av1", codec_tag_string: "[0][0][0][0]" }],
    ["Picture", "an animated GIF", { format_name: "gif", duration: "3" }, { ...still, codec_name: "gif" }],
    ["Picture", "an animated PNG", { format_name: "apng" }, { ...still, codec_name: "apng" }],
    [
      "Picture",
      "an animated AVIF",
      { ...mp4, tags: { major_brand: "avis" } },
      { ...still, codec_name: "av1", nb_frames: "8" }
    ],
    ["Picture", "a single frame of H.264", mp4, { ...h264, nb_frames: "1" }],
    ["Picture", "a single packet", { format_name: "asf" }, { ...h264, packets: { count: 1, start: 0, end: 0.04 } }],
    ["Playlist", "an HLS playlist", { format_name: "hls" }, h264],
    ["Playlist", "a concat script", { format_name: "concat" }, h264],
    ["Text", "text art", { format_name: "tty" }, { ...still, codec_name: "ansi" }],
    ["Text", "subtitles", { format_name: "srt" }, { codec_type: "subtitle" }],
    ["NoStreams", "data alone", mp4, { codec_type: "data" }],
    ["NoStreams", "video without a size", mp4, { codec_type: "video", codec_name: "h264" }]
  ])("%s: refuses %s", (kind, _, format, stream) => {
    const result = isUsable(report(format, stream))
    expect(Either.isLeft(result) && result.left).toMatchObject({ _tag: "NotMedia", kind })
    expect(Either.isLeft(result) && result.left.message).toMatch(/^The file (is|has) .+\.$/)
  })

  const nineChannels = { ...aac, channels: 9 }
  it.each([
    ["an unknown video codec", [{ ...h264, codec_name: undefined }, aac], /^The video .*unknown.* cannot decode/],
    ["an unknown audio codec", [h264, { ...aac, codec_name: undefined }], /^The sound .*unknown.* cannot decode/],
    [
      "a codec that this FFmpeg lacks",
      [{ ...h264, codec_name: "av1", undecodable: "noDecoder" }],
      /\(av1\).*this server/
    ],
    ["a track of which nothing comes", [h264, { ...aac, undecodable: "noFrames" }], /\(aac\) is damaged/],
    ["an encrypted track", [{ ...h264, undecodable: "encrypted" }, aac], /^The video is encrypted/],
    ["nine channels", [h264, nineChannels], /^The sound has 9 channels: at most 8/]
  ])("refuses %s with a sentence about it", (_, streams, message) => {
    const result = isUsable(report(mp4, ...streams))
    expect(Either.isLeft(result) && result.left).toMatchObject({
      kind: "Undecodable",
      message: expect.stringMatching(message)
    })
  })

  it("takes a file of which one track of several can be decoded", () => {
    const result = isUsable(report(mp4, h264, { ...aac, codec_name: undefined }, nineChannels, aac))
    expect(Either.isRight(result)).toBe(true)
  })

  it("takes the sound of a video with a single frame: the frame is its cover", () => {
    const result = Either.getOrThrow(isUsable(report(mp4, { ...h264, nb_frames: "1" }, aac)))
    expect(result).toMatchObject({ hasVideo: false, hasAudio: true })
  })

  it("refuses an empty report", () => {
    const result = isUsable(report({}))
    expect(Either.isLeft(result) && result.left.kind).toBe("NoStreams")
  })
})
