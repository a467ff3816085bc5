import type { FileNames } from "@runner-connector/ffmpeg"
import { Option } from "effect"

/** Length of a segment, and of a group of pictures, in seconds: segments begin at every second key frame. */
const SEGMENT_SECONDS = 4
const KEY_FRAME_SECONDS = 2

/** Bits a second of AAC, for each channel. */
const AUDIO_BITRATE = 80_000

/** A stream of an input: both numbers count from 0. */
interface Track {
  readonly input: number
  readonly stream: number
}

export interface VideoTrack extends Track {
  readonly width: number
  readonly height: number
  readonly fps: number
  /** Seconds for which the last picture stays. */
  readonly padding: number
  /** Bits a second that are not exceeded for long. */
  readonly bitrate: number
  /** Of libx264. */
  readonly preset: string
}

export interface AudioTrack extends Track {
  readonly channels: number
  readonly sampleRate: number
}

/** One rendition in fragmented MP4, with the playlist that cuts it into segments. */
export interface Rendition {
  readonly inputs: number
  readonly video: Option.Option<VideoTrack>
  readonly audio: Option.Option<AudioTrack>
  readonly mediaName: string
  readonly playlistName: string
}

const even = (pixels: number): number => Math.max(2, 2 * Math.round(pixels / 2))

/** The size of a picture of this ratio whose short side has that many pixels; both sides are even. */
export const sizeOf = (resolution: number, ratio: number): { readonly width: number; readonly height: number } => {
  const short = 2 * Math.ceil(resolution / 2)
  return ratio < 1 ? { width: short, height: even(short / ratio) } : { width: even(short * ratio), height: short }
}

/**
 * At most two channels, and a rate that every player takes. The encoder must not be asked for what it cannot do, such
 * as 5.1 at 8 kHz.
 */
export const soundOf = (channels: number, sampleRate: number): Pick<AudioTrack, "channels" | "sampleRate"> => ({
  channels: channels === 1 ? 1 : 2,
  sampleRate: sampleRate === 44_100 ? 44_100 : 48_000
})

/**
 * Square pixels, a constant frame rate and 8 bits, whatever came in; every segment begins with a key frame. The buffer
 * of two seconds lets the quality decide and the bitrate limit.
 */
const videoArguments = (track: VideoTrack): ReadonlyArray<string> => [
  ...["-map", `${track.input}:${track.stream}`],
  ...["-vf", videoFilters(track).join(",")],
  ...["-c:v", "libx264", "-preset", track.preset, "-pix_fmt", "yuv420p"],
  ...["-maxrate", `${track.bitrate}`, "-bufsize", `${2 * track.bitrate}`],
  ...["-g", `${Math.max(1, Math.round(KEY_FRAME_SECONDS * track.fps))}`],
  ...["-force_key_frames", `expr:gte(t,n_forced*${KEY_FRAME_SECONDS})`]
]

/** FFmpeg takes the length of a segment from the picture alone: where that ends before the sound, it must be held. */
const videoFilters = ({ fps, height, padding, width }: VideoTrack): ReadonlyArray<string> => [
  `scale=${width}:${height}`,
  "setsar=1",
  `fps=${fps}`,
  ...(padding > 0 ? [`tpad=stop_mode=clone:stop_duration=${padding}`] : []),
  "format=yuv420p"
]

/** Gaps in the sound are filled, so that it stays with the picture. */
const audioArguments = ({ channels, input, sampleRate, stream }: AudioTrack): ReadonlyArray<string> => [
  ...["-map", `${input}:${stream}`],
  ...["-af", "aresample=async=1"],
  ...["-c:a", "aac", "-b:a", `${AUDIO_BITRATE * channels}`],
  ...["-ac", `${channels}`, "-ar", `${sampleRate}`]
]

/** The command line; nothing of the source but one picture and one sound gets into the result. */
export const hlsArguments = (rendition: Rendition, names: FileNames): ReadonlyArray<string> => [
  ...Array.from({ length: rendition.inputs }, (_, input) => ["-i", names.input(input)]).flat(),
  ...Option.match(rendition.video, { onNone: () => ["-vn"], onSome: videoArguments }),
  ...Option.match(rendition.audio, { onNone: () => ["-an"], onSome: audioArguments }),
  ...["-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-max_muxing_queue_size", "1024"],
  ...["-f", "hls", "-hls_time", `${SEGMENT_SECONDS}`, "-hls_playlist_type", "vod"],
  ...["-hls_segment_type", "fmp4", "-hls_flags", "single_file"],
  ...["-hls_segment_filename", names.output(rendition.mediaName), names.output(rendition.playlistName)]
]
