import { Array as Arr, Option } from "effect"
import type { ProbeReport, ProbeStream } from "../media/ProbeReport.ts"
import { sourceTracks } from "../media/SourceTracks.ts"
import type { VideoRange } from "../video/Video.ts"

type Family = "avc1" | "hev1" | "hvc1" | "vp09" | "av01"

const byTag: Readonly<Record<string, Family>> = { avc1: "avc1", hev1: "hev1", hvc1: "hvc1", vp09: "vp09", av01: "av01" }
const byName: Readonly<Record<string, Family>> = { h264: "avc1", hevc: "hev1", vp9: "vp09", av1: "av01" }

const avcProfiles: Readonly<Record<string, string>> = { High: "6400", Main: "4D40", Baseline: "42E0" }
const av1Profiles: Readonly<Record<string, number>> = { Main: 0, High: 1, Professional: 2 }

const audioCodecs: Readonly<Record<string, string>> = { opus: "opus", vorbis: "vorbis", mp3: "mp4a.40.34" }
const AAC_LC = "mp4a.40.2"

/** The lowest H.264 and AV1 level for pictures up to this short side at an ordinary frame rate. */
const usualLevels: ReadonlyArray<readonly [shortSide: number, avc: number, av1: number]> = [
  [480, 30, 4],
  [720, 31, 5],
  [1080, 40, 8],
  [1440, 50, 12],
  [Number.POSITIVE_INFINITY, 51, 13]
]

/** The level of the stream. The usual one of its size when the probe does not know it (absent or negative). */
const levelOf = (stream: ProbeStream, codec: "avc" | "av1"): number => {
  if (stream.level !== undefined && stream.level >= 0) return stream.level
  const shortSide = Math.min(stream.width ?? 0, stream.height ?? 0)
  const [, avc, av1] = usualLevels.find(([upTo]) => shortSide <= upTo) ?? [0, 51, 13]
  return codec === "avc" ? avc : av1
}

const avcString = (stream: ProbeStream): string => {
  const profile = avcProfiles[stream.profile ?? ""] ?? avcProfiles.High
  return `avc1.${profile}${levelOf(stream, "avc").toString(16).padStart(2, "0")}`
}

const av1String = (stream: ProbeStream): string => {
  const profile = av1Profiles[stream.profile ?? ""] ?? 1
  return `av01.${profile}.${String(levelOf(stream, "av1")).padStart(2, "0")}M.08`
}

/**
 * The RFC 6381 string of a video stream: by its tag, otherwise by the name of its codec, since transport streams and
 * Matroska have no such tag. None for codecs that HLS players do not know.
 */
export const videoCodec = (stream: ProbeStream): Option.Option<string> =>
  Option.map(Option.fromNullable(byTag[stream.codec_tag_string ?? ""] ?? byName[stream.codec_name ?? ""]), (family) => {
    switch (family) {
      case "avc1":
        return avcString(stream)
      case "av01":
        return av1String(stream)
      case "vp09":
        return "vp09.00.50.08"
      default:
        return `${family}.1.6.L93.B0`
    }
  })

/** The RFC 6381 string of an audio stream. Unknown codecs are listed as AAC. */
export const audioCodec = (stream: ProbeStream): string => audioCodecs[stream.codec_name ?? ""] ?? AAC_LC

const videoRanges: Readonly<Record<string, VideoRange>> = { smpte2084: "PQ", "arib-std-b67": "HLG" }

/** The range of the video track of a file. None for SDR, and without video. */
export const videoRangeOf = (report: ProbeReport): Option.Option<VideoRange> =>
  Option.flatMap(sourceTracks(report).video, ({ stream }) =>
    Option.fromNullable(videoRanges[stream.color_transfer ?? ""])
  )

/**
 * The strings of a media file, video first. Empty when its video has no string: players would take a file with only an
 * audio string for audio, while a playlist without codecs plays.
 */
export const codecsOf = (report: ProbeReport): ReadonlyArray<string> => {
  const tracks = sourceTracks(report)
  const video = Option.map(tracks.video, ({ stream }) => videoCodec(stream))
  const audio = Option.map(tracks.audio, ({ stream }) => audioCodec(stream))
  return Option.exists(video, Option.isNone) ? [] : Arr.getSomes([Option.flatten(video), audio])
}
