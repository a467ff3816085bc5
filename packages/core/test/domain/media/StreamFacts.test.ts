import { Option, Schema } from "effect"
import { describe, expect, it } from "vitest"
import { ProbeReport } from "../../../src/domain/media/ProbeReport.ts"
import {
  durationOf,
  fileStart,
  frameRate,
  hasPicture,
  isMoving,
  isPictureFile,
  startOf,
  taggedDuration
} from "../../../src/domain/media/StreamFacts.ts"

const report = (format: object, stream: object = {}): ProbeReport =>
  Schema.decodeUnknownSync(ProbeReport)({ format, streams: [{ codec_type: "video", ...stream }] })

const streamOf = (stream: object) => {
  const [found] = report({}, stream).streams
  if (found === undefined) throw new Error("no stream")
  return found
}

const packets = (count: number, start: number, end: number) => ({ packets: { count, start, end } })

describe("frames per second", () => {
  it.each([
    ["as stated", { avg_frame_rate: "30/1", r_frame_rate: "60/1", ...packets(10, 0, 1) }, 30],
    [
      "as counted when the average is missing",
      { avg_frame_rate: "0/0", r_frame_rate: "50/1", ...packets(24, 1, 2) },
      24
    ],
    ["as guessed when nothing was counted", { avg_frame_rate: "0/0", r_frame_rate: "60/1" }, 60],
    ["not from one packet", { r_frame_rate: "25/1", ...packets(1, 0, 1) }, 25],
    ["not from packets without a duration", { r_frame_rate: "25/1", ...packets(5, 1, 1) }, 25],
    ["not above 60 when guessed", { r_frame_rate: "61/1" }, undefined],
    ["not from the tick of a clock", { avg_frame_rate: "1000/1" }, undefined],
    ["not from nothing", {}, undefined]
  ])("%s", (_, stream, fps) => {
    expect(Option.getOrUndefined(frameRate(streamOf(stream)))).toBe(fps)
  })
})

describe("pictures", () => {
  it.each([
    ["image2", true],
    ["png_pipe", true],
    ["gif", true],
    ["mov,mp4,m4a,3gp,3g2,mj2", false],
    ["avi,gif", true]
  ])("a file of format %s: %s", (format_name, isPicture) => {
    expect(isPictureFile(report({ format_name }))).toBe(isPicture)
  })

  it("a HEIF file by its brand", () => {
    const brand = (major_brand: string) => isPictureFile(report({ format_name: "mov,mp4", tags: { major_brand } }))
    expect(["avif", "heic", "isom"].map(brand)).toEqual([true, true, false])
  })

  it("a stream shows something only with both sides", () => {
    const sizes = [{ width: 2, height: 2 }, { width: 2 }, { height: 2 }, { width: 2, height: 2, codec_type: "audio" }]
    expect(sizes.map((size) => hasPicture(streamOf(size)))).toEqual([true, false, false, false])
  })

  it("a single frame does not move", () => {
    const h264 = { codec_name: "h264", width: 64, height: 64, avg_frame_rate: "25/1" }
    const moves = (more: object) => isMoving(streamOf({ ...h264, ...more }), report({ format_name: "avi" }))
    expect([moves({}), moves(packets(2, 0, 1)), moves(packets(1, 0, 1))]).toEqual([true, true, false])
    expect([moves({ nb_frames: "1" }), moves({ nb_frames: "2" })]).toEqual([false, true])
    expect([moves({ nb_frames: "1", ...packets(2, 0, 1) }), moves({ disposition: { attached_pic: 1 } })]).toEqual([
      true,
      false
    ])
  })
})

describe("times", () => {
  const matroska = { format_name: "matroska,webm" }
  const tagged = (text: string, name = "DURATION") => streamOf({ tags: { [name]: text } })

  it("Matroska's tag is read in hours, minutes and seconds", () => {
    const tag = (stream: ReturnType<typeof streamOf>, format: object = matroska) =>
      Option.getOrUndefined(taggedDuration(stream, report(format)))
    expect(tag(tagged("01:02:03.500000000"))).toBe(3723.5)
    expect(tag(tagged("00:01:00", "DURATION-eng"))).toBe(60)
    expect(tag(tagged("00:00:00.000000000"))).toBeUndefined()
    expect(tag(tagged("sixty"))).toBeUndefined()
    expect(tag(tagged("00:01:00", "XDURATION"))).toBeUndefined()
    expect(tag(tagged("00:01:00"), { format_name: "avi" })).toBeUndefined()
  })

  it("a stream starts with its packets, as it states, or with the file", () => {
    const starts = (stream: object, format: object = {}) => startOf(streamOf(stream), report(format))
    expect(starts({ start_time: "2", ...packets(3, 1, 2) }, { start_time: "5" })).toBe(1)
    expect(starts({ start_time: "2" }, { start_time: "5" })).toBe(2)
    expect(starts({}, { start_time: "5" })).toBe(5)
    expect(starts({})).toBe(0)
    expect(fileStart(report({ start_time: "1.5" }))).toBe(1.5)
  })

  it.each([
    ["counted packets first", { duration: "9", ...packets(3, 1, 4) }, {}, 3],
    ["nothing, for packets that end where they start", packets(1, 4, 4), {}, undefined],
    ["the end by FFmpeg's tag, less the start", { start_time: "2", tags: { DURATION: "00:00:10" } }, matroska, 8],
    [
      "the length by mkvmerge's tag",
      { start_time: "2", tags: { DURATION: "00:00:10", _STATISTICS_TAGS: "DURATION" } },
      matroska,
      10
    ],
    ["as the stream states", { start_time: "2", duration: "9" }, { duration: "20" }, 9],
    ["up to the end of the file", { start_time: "2" }, { format_name: "mpegts", start_time: "1", duration: "10" }, 9],
    ["up to the end of a file that counts from zero", { start_time: "2" }, { format_name: "flv", duration: "10" }, 8],
    ["nothing, when nothing says it", {}, {}, undefined]
  ])("a stream lasts: %s", (_, stream, format, seconds) => {
    expect(Option.getOrUndefined(durationOf(streamOf(stream), report(format)))).toBe(seconds)
  })
})
