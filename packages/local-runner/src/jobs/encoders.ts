import type { BitrateLimit } from "./bitrateLimit.ts"

/** Duration of a group of pictures in seconds. With both values, 4 s segments start at a key frame. */
const KEY_FRAME_SECONDS = 2
const SLOW_KEY_FRAME_SECONDS = 4

/** At lower frame rates, a key frame every two seconds would leave few other frames. */
const SLOW_FPS = 5

const keyFrameSeconds = (fps: number): number => (fps < SLOW_FPS ? SLOW_KEY_FRAME_SECONDS : KEY_FRAME_SECONDS)

/** Bits per second of AAC, per channel. */
const AUDIO_BITRATE = 80_000

/**
 * The presets of libx264. The native preset is the one of the official runner. In ffmpeg.wasm, with one thread and
 * without vector instructions, 20 s of 720p take 20 s with `ultrafast`, 29 s with `superfast` and 44 s with `veryfast`.
 * At this bitrate the files are alike.
 */
export const presets = { native: "veryfast", wasm: "ultrafast" } as const

/** The encoding of a video. */
export interface PictureCoding {
  readonly fps: number
  readonly limit: BitrateLimit
  /** The preset of libx264. */
  readonly preset: string
  /** The CRF of libx264, where lower is better. 23 by default. */
  readonly crf?: number
}

/** The encoding of an audio stream. */
export interface SoundCoding {
  readonly channels: number
  readonly sampleRate: number
}

/**
 * Limits the audio to two channels and a rate that every player supports. The encoder must not get unsupported
 * combinations, such as 5.1 at 8 kHz.
 */
export const soundOf = (channels: number, sampleRate: number): SoundCoding => ({
  channels: channels === 1 ? 1 : 2,
  sampleRate: sampleRate === 44_100 ? 44_100 : 48_000
})

/**
 * Encodes 8-bit H.264 with a key frame every two seconds, or every four in slow videos. The quality decides on the
 * bitrate, up to the limit.
 */
export const pictureEncoder = ({ crf, fps, limit, preset }: PictureCoding): ReadonlyArray<string> => [
  ...["-c:v", "libx264", "-preset", preset, "-pix_fmt", "yuv420p"],
  ...(crf === undefined ? [] : ["-crf", `${crf}`]),
  ...["-maxrate", `${limit.maxrate}`, "-bufsize", `${limit.bufsize}`],
  ...["-g", `${Math.max(1, Math.round(keyFrameSeconds(fps) * fps))}`],
  ...["-force_key_frames", `expr:gte(t,n_forced*${keyFrameSeconds(fps)})`]
]

/** Fills a late start and gaps with silence, so that audio times match the source. */
export const alignedSound = "aresample=async=1:first_pts=0"

/** Encodes AAC. */
export const soundEncoder = ({ channels, sampleRate }: SoundCoding): ReadonlyArray<string> => [
  ...["-c:a", "aac", "-b:a", `${AUDIO_BITRATE * channels}`],
  ...["-ac", `${channels}`, "-ar", `${sampleRate}`]
]

/** Keeps metadata, chapters, subtitles and attachments of the sources out of the result. */
export const nothingElse: ReadonlyArray<string> = [
  ...["-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-max_muxing_queue_size", "1024"]
]

/** Writes an MP4 for progressive download: its index precedes the media. */
export const progressiveMp4: ReadonlyArray<string> = ["-movflags", "+faststart", "-f", "mp4"]
