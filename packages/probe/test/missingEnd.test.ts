import { assert, describe, it } from "@effect/vitest"
import { ProbeReport } from "@runner-connector/core"
import { Schema } from "effect"
import { promisedEnd } from "../src/missingEnd.ts"

const promised = (format: object, ...streams: ReadonlyArray<object>) =>
  promisedEnd(Schema.decodeUnknownSync(ProbeReport.ProbeReport)({ format, streams }))

const mp4 = { format_name: "mov,mp4,m4a,3gp,3g2,mj2", duration: "100" }
const mkv = { format_name: "matroska,webm", duration: "100" }
const video = { codec_type: "video", avg_frame_rate: "25/1", nb_frames: "2500" }
const audio = { codec_type: "audio", avg_frame_rate: "0/0", nb_frames: "4300" }

describe("the declared end of a report", () => {
  it("is that of the longest track minus a tenth", () => {
    assert.strictEqual(promised(mp4, { ...video, duration: "50" }, { ...audio, duration: "100" }), 90)
  })

  it("is at least a second before the duration", () => {
    assert.strictEqual(promised({ ...mp4, duration: "5" }, { ...video, duration: "5" }), 4)
    assert.isUndefined(promised({ ...mp4, duration: "1" }, { ...video, duration: "1" }))
  })

  it("is undefined where durations are guessed or derived from the data", () => {
    for (const format_name of ["mp3", "mpegts", "aac", "ogg", "mpeg", "avi"]) {
      assert.isUndefined(promised({ format_name, duration: "100" }, { ...audio, duration: "100" }))
    }
    assert.isUndefined(promised({ format_name: "matroska,webm" }, video, audio))
  })

  it("ignores the duration of subtitles", () => {
    const subtitles = { codec_type: "subtitle" }
    assert.strictEqual(promised(mkv, video, audio), 90)
    assert.isUndefined(promised(mkv, video, audio, subtitles))
    assert.strictEqual(promised(mkv, { ...video, tags: { DURATION: "00:01:00.000000000" } }, audio, subtitles), 54)
  })

  it("is not later than the file's own duration, because an edit may shorten a track", () => {
    assert.strictEqual(promised({ ...mp4, duration: "10" }, { ...video, duration: "100" }), 9)
  })

  it("is undefined for fragmented MP4, whose header may contain the largest number for an unknown duration", () => {
    const unknown = { codec_type: "video", avg_frame_rate: "25/1", duration: "335544.3" }
    assert.isUndefined(promised({ ...mp4, duration: "335544.4" }, unknown))
  })

  it("is undefined for WMA Lossless, whose packets have no durations", () => {
    const asf = { format_name: "asf", duration: "100" }
    assert.isUndefined(promised(asf, { ...audio, codec_name: "wmalossless" }))
    assert.strictEqual(promised(asf, { ...audio, codec_name: "wmav2" }), 90)
  })

  it("allows for a long last frame", () => {
    assert.strictEqual(promised(mkv, { ...video, avg_frame_rate: "1/10" }), 50)
  })

  it("ignores cover art", () => {
    const cover = { codec_type: "video", disposition: { attached_pic: 1 }, duration: "500" }
    assert.strictEqual(promised(mp4, { ...audio, duration: "50" }, cover), 45)
  })
})
