import type { BitrateLimit } from "./bitrateLimit.ts"

/** Length of a group of pictures in seconds. Segments of 4 s begin at a key frame in either case. */
const KEY_FRAME_SECONDS = 2
const SLOW_KEY_FRAME_SECONDS = 4

/** Below so many frames a second, a key frame at every second second would leave few other frames. */
const SLOW_FPS = 5

const keyFrameSeconds = (fps: number): number => (fps < SLOW_FPS ? SLOW_KEY_FRAME_SECONDS : KEY_FRAME_SECONDS)

/** Bits a second of AAC, for each channel. */
const AUDIO_BITRATE = 80_000

/**
 * The presets of libx264. The real runner's choice where ffmpeg is native. In ffmpeg.wasm, with one thread and no
 * vector instructions, 20 s of 720p take 20 s with `ultrafast`, 29 s with `superfast` and 44 s with `veryfast`; at that
 * bitrate the files are alike.
 */
export const presets = { native: "veryfast", wasm: "ultrafast" } as const

/** How a picture is encoded. */
export interface PictureCoding {
  readonly fps: number
  readonly limit: BitrateLimit
  /** Of libx264. */
  readonly preset: string
  /** Of libx264, less is better; 23 unless it is given. */
  readonly crf?: number
}

/** How a sound is encoded. */
export interface SoundCoding {
  readonly channels: number
  readonly sampleRate: number
}

/**
 * At most two channels, and a rate that every player takes. The encoder must not be asked for what it cannot do, such
 * as 5.1 at 8 kHz.
 */
export const soundOf = (channels: number, sampleRate: number): SoundCoding => ({
  channels: channels === 1 ? 1 : 2,
  sampleRate: sampleRate === 44_100 ? 44_100 : 48_000
})

/**
 * H.264 in 8 bits with a key frame every two seconds, or every four in slow videos. The quality decides on the bitrate,
 * up to the limit.
 */
export const pictureEncoder = ({ crf, fps, limit, preset }: PictureCoding): ReadonlyArray<string> => [
  ...["-c:v", "libx264", "-preset", preset, "-pix_fmt", "yuv420p"],
  ...(crf === undefined ? [] : ["-crf", `${crf}`]),
  ...["-maxrate", `${limit.maxrate}`, "-bufsize", `${limit.bufsize}`],
  ...["-g", `${Math.max(1, Math.round(keyFrameSeconds(fps) * fps))}`],
  ...["-force_key_frames", `expr:gte(t,n_forced*${keyFrameSeconds(fps)})`]
]

/** Silence fills a late start and gaps of a sound, so that its time is that of its source. */
export const alignedSound = "aresample=async=1:first_pts=0"

/** AAC. */
export const soundEncoder = ({ channels, sampleRate }: SoundCoding): ReadonlyArray<string> => [
  ...["-c:a", "aac", "-b:a", `${AUDIO_BITRATE * channels}`],
  ...["-ac", `${channels}`, "-ar", `${sampleRate}`]
]

/** Nothing of the sources but picture and sound gets into the result. */
export const nothingElse: ReadonlyArray<string> = [
  ...["-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-max_muxing_queue_size", "1024"]
]

/** An MP4 that plays while it is still being fetched: its index stands before the media. */
export const progressiveMp4: ReadonlyArray<string> = ["-movflags", "+faststart", "-f", "mp4"]
