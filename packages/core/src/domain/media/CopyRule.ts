import { Option } from "effect"
import { maxBitrate } from "./Bitrates.ts"
import type { ProbeStream } from "./ProbeReport.ts"
import type { Track } from "./SourceTracks.ts"

/** Profiles of H.264 with 8 bits and 4:2:0, which every browser plays. */
const profiles = new Set(["Constrained Baseline", "Baseline", "Main", "High"])

const hasSquarePixels = ({ sample_aspect_ratio: ratio }: ProbeStream): boolean =>
  ratio === undefined || ratio === "1:1" || ratio === "0:1"

const isUpright = ({ side_data_list: data = [], tags }: ProbeStream): boolean =>
  data.every(({ rotation = 0 }) => rotation === 0) && Number(tags?.rotate ?? 0) === 0

const isEven = ({ height = 0, width = 0 }: ProbeStream): boolean => width % 2 === 0 && height % 2 === 0

const isUsual = ({ fps, stream: { height = 0, width = 0 } }: Track, bitrate: Option.Option<number>): boolean =>
  Option.exists(Option.all({ fps, bitrate }), (known) => {
    const resolution = Math.min(width, height)
    return resolution > 0 && known.bitrate <= maxBitrate({ resolution, ratio: width / height, fps: known.fps })
  })

/**
 * Whether HLS players can play the video track of a source unchanged: H.264 with 8 bits and square pixels, upright,
 * progressive and SDR, below the highest useful bit rate. `bitrate` is that of the whole file.
 */
export const isPlainPicture = (track: Track, bitrate: Option.Option<number>): boolean =>
  Option.contains(track.codec, "h264") &&
  profiles.has(track.stream.profile ?? "") &&
  !track.isHdr &&
  !track.isInterlaced &&
  hasSquarePixels(track.stream) &&
  isUpright(track.stream) &&
  isEven(track.stream) &&
  isUsual(track, bitrate)

/** Whether HLS players can play the audio track of a source unchanged: AAC of the simplest profile with at most two channels. */
export const isPlainAudio = ({ channels, codec, stream }: Track): boolean =>
  Option.contains(codec, "aac") && stream.profile === "LC" && channels <= 2

/** Seconds. Copied segments end at the keyframes of the source, and players wait for whole segments. */
const LONGEST_SEGMENT = 10

/** Whether no segment of a copied rendition is too long for players. Takes the seconds of each. */
export const areShortSegments = (segments: ReadonlyArray<number>): boolean =>
  segments.length > 0 && Math.max(...segments) <= LONGEST_SEGMENT
