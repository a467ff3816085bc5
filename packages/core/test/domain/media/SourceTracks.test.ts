import { describe, expect, it } from "@effect/vitest"
import { Option, Schema } from "effect"
import { ProbeReport } from "../../../src/domain/media/ProbeReport.ts"
import { frozenEnd, lateStart, silentEnd, silentStart, sourceTracks } from "../../../src/domain/media/SourceTracks.ts"

const tracks = (format: object, ...streams: ReadonlyArray<object>) =>
  sourceTracks(
    Schema.decodeUnknownSync(ProbeReport)({ format, streams: streams.map((stream, index) => ({ index, ...stream })) })
  )

const mp4 = { format_name: "mov,mp4,m4a,3gp,3g2,mj2" }
const mkv = { format_name: "matroska,webm" }
const ts = { format_name: "mpegts" }
const video = { codec_type: "video", codec_name: "h264", codec_tag_string: "avc1", width: 640, height: 360 }
const audio = { codec_type: "audio", codec_name: "aac", channels: 2 }
const cover = { ...video, codec_name: "mjpeg", disposition: { attached_pic: 1, default: 1 } }
const byDefault = { disposition: { default: 1 } }

describe("the choice of tracks", () => {
  it.each([
    ["the first of equal ones", [audio, audio], 0],
    ["the one with the default flag", [audio, { ...audio, ...byDefault }], 1],
    [
      "the default flag before more channels",
      [
        { ...audio, channels: 8 },
        { ...audio, ...byDefault }
      ],
      1
    ],
    ["more channels", [{ ...audio, channels: 1 }, audio, { ...audio, channels: 6 }], 2],
    ["not the unknown codec", [{ ...audio, ...byDefault, codec_name: undefined }, audio], 1],
    ["not the one whose decoder does not open", [{ ...audio, ...byDefault, undecodable: "noFrames" }, audio], 1],
    ["not the one with nine channels", [{ ...audio, ...byDefault, channels: 9 }, audio], 1],
    ["not the encrypted one", [{ ...audio, ...byDefault, undecodable: "encrypted" }, audio], 1]
  ] as ReadonlyArray<[string, ReadonlyArray<object>, number]>)("audio: %s", (_, streams, expected) => {
    expect(Option.map(tracks(mkv, ...streams).audio, ({ index }) => index)).toEqual(Option.some(expected))
  })

  it.each([
    ["more pixels", [video, { ...video, width: 1280, height: 720 }], 1],
    [
      "the default flag before more pixels",
      [
        { ...video, width: 1280, height: 720 },
        { ...video, ...byDefault }
      ],
      1
    ],
    ["no cover with any flags", [cover, video], 1]
  ])("video: %s", (_, streams, expected) => {
    expect(Option.map(tracks(mp4, ...streams).video, ({ index }) => index)).toEqual(Option.some(expected))
  })

  it("chooses nothing that cannot be decoded, but lists it", () => {
    const found = tracks(mp4, { ...video, undecodable: "encrypted" }, { ...audio, undecodable: "noFrames" }, cover)
    expect(found.video).toEqual(Option.none())
    expect(found.audio).toEqual(Option.none())
    expect(found.all.map(({ isDecodable, kind }) => [kind, isDecodable])).toEqual([
      ["video", false],
      ["audio", false],
      ["picture", true]
    ])
  })

  it("describes the colours, the fields and the sound", () => {
    const hdr = { ...video, color_transfer: "smpte2084", field_order: "tb", avg_frame_rate: "30000/1001" }
    const found = tracks(mp4, hdr, { ...audio, sample_rate: "44100" })
    expect(Option.getOrThrow(found.video)).toMatchObject({
      isHdr: true,
      isInterlaced: true,
      fps: Option.some(30000 / 1001)
    })
    expect(Option.getOrThrow(found.audio)).toMatchObject({ channels: 2, sampleRate: 44100, isHdr: false })
    const plain = Option.getOrThrow(tracks(mp4, { ...video, field_order: "progressive" }).video)
    expect(plain).toMatchObject({ isHdr: false, isInterlaced: false, fps: Option.none() })
    expect(Option.exists(tracks(mp4, { ...video, color_transfer: "arib-std-b67" }).video, ({ isHdr }) => isHdr)).toBe(
      true
    )
  })
})

describe("when picture and sound are there", () => {
  const spans = (format: object, shown: object, heard: object) => {
    const found = tracks(format, { ...video, ...shown }, { ...audio, ...heard })
    return [
      Option.getOrUndefined(found.shown),
      Option.getOrUndefined(found.heard),
      Option.getOrUndefined(found.duration)
    ]
  }
  const tag = (DURATION: string) => ({ tags: { DURATION } })

  it.each([
    [
      "MP4: start and duration of each track",
      { ...mp4, duration: "8" },
      { start_time: "2.0", duration: "6.0" },
      { start_time: "0.0", duration: "8.0" },
      [{ start: 2, end: 8 }, { start: 0, end: 8 }, 8]
    ],
    [
      "Matroska: the tag says when a track ends",
      { ...mkv, start_time: "0.0", duration: "15.0" },
      { start_time: "0.5", ...tag("00:00:05.500000000"), duration: "15.0" },
      { start_time: "0.0", ...tag("00:00:15.000000000") },
      [{ start: 0.5, end: 5.5 }, { start: 0, end: 15 }, 15]
    ],
    [
      "Matroska by mkvmerge: the tag says how long a track is",
      { ...mkv, duration: "15.0" },
      { start_time: "0.5", tags: { "DURATION-eng": "00:00:05.000000000", "_STATISTICS_TAGS-eng": "DURATION" } },
      { start_time: "0.0", duration: "15.0" },
      [{ start: 0.5, end: 5.5 }, { start: 0, end: 15 }, 15]
    ],
    [
      "Matroska without tags that starts late: its duration counts from zero",
      { ...mkv, start_time: "10.0", duration: "15.0" },
      { start_time: "10.0" },
      { start_time: "11.0" },
      [{ start: 0, end: 5 }, { start: 1, end: 5 }, 5]
    ],
    [
      "a transport stream: its clock starts anywhere",
      { ...ts, start_time: "3600.0", duration: "4.0" },
      { start_time: "3600.5", duration: "3.0" },
      { start_time: "3600.0" },
      [{ start: 0.5, end: 3.5 }, { start: 0, end: 4 }, 4]
    ],
    [
      "packets before all that the container says",
      { ...ts, start_time: "1.6", duration: "3.0" },
      { start_time: "1.6", duration: "3.0", packets: { count: 90, start: 1.6, end: 10.6 } },
      { start_time: "1.6", duration: "2.9", packets: { count: 400, start: 1.6, end: 10.5 } },
      [{ start: 0, end: 9 }, { start: 0, end: 8.9 }, 9]
    ],
    [
      "a transport stream: the sound begins after its priming, and so does the repacked file",
      { ...ts, start_time: "1.4", duration: "4.0" },
      { start_time: "1.421333", duration: "3.0" },
      { start_time: "1.4", duration: "4.0", codec_name: "aac", sample_rate: "48000" },
      [{ start: 0, end: 3 }, { start: 0, end: 3.979 }, 3.979]
    ],
    [
      "Matroska: priming has a negative time, and files begin with it",
      { ...mkv, start_time: "-0.021", duration: "4.0" },
      { start_time: "1.0", duration: "3.0" },
      { start_time: "-0.021", duration: "4.0", codec_name: "aac", sample_rate: "48000" },
      [{ start: 1.021, end: 4.021 }, { start: 0.021, end: 4 }, 4.021]
    ],
    [
      "Matroska with priming that nothing marks",
      { ...mkv, start_time: "0.0", duration: "4.021" },
      { start_time: "1.021", duration: "3.0" },
      { start_time: "0.0", duration: "4.021", codec_name: "aac", sample_rate: "48000" },
      [{ start: 1.021, end: 4.021 }, { start: 0.021, end: 4.021 }, 4.021]
    ],
    [
      "MP4: an edit list hides the priming",
      { ...mp4, start_time: "0.0", duration: "4.0" },
      { start_time: "0.0", duration: "4.0" },
      { start_time: "0.0", duration: "4.0", codec_name: "aac", sample_rate: "48000" },
      [{ start: 0, end: 4 }, { start: 0, end: 4 }, 4]
    ],
    ["nothing is known", ts, {}, {}, [undefined, undefined, undefined]]
  ] as ReadonlyArray<[string, object, object, object, ReadonlyArray<unknown>]>)(
    "%s",
    (_, format, shown, heard, expected) => {
      const found = spans(format, shown, heard)
      const rounded = JSON.parse(JSON.stringify(found), (_, value) =>
        typeof value === "number" ? Math.round(value * 1000) / 1000 : value
      )
      expect(rounded).toEqual(JSON.parse(JSON.stringify(expected)))
    }
  )

  it("measures the gaps at both ends", () => {
    const gaps = (shown: object, heard: object) => {
      const found = tracks(mp4, { ...video, ...shown }, { ...audio, ...heard })
      return [silentStart(found), lateStart(found), silentEnd(found), frozenEnd(found)]
    }
    expect(gaps({ start_time: "0", duration: "16" }, { start_time: "1", duration: "5" })).toEqual([1, 0, 10, 0])
    expect(gaps({ start_time: "2", duration: "6" }, { start_time: "0", duration: "9" })).toEqual([0, 2, 0, 1])
    expect(gaps({}, {})).toEqual([0, 0, 0, 0])
  })
})
