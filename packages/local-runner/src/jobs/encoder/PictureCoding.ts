import type { BitrateLimit } from "../bitrateLimit.ts"

/** Duration of a group of pictures in seconds. With both values, 4 s segments start at a key frame. */
const KEY_FRAME_SECONDS = 2
const SLOW_KEY_FRAME_SECONDS = 4

/** At lower frame rates, a key frame every two seconds would leave few other frames. */
const SLOW_FPS = 5

/** The encoding of a video, independent of the encoder. */
export interface PictureCoding {
  readonly fps: number
  readonly limit: BitrateLimit
  /** The CRF of libx264, or its equivalent of another encoder. Lower is better. 23 by default. */
  readonly crf?: number | undefined
  /** Seconds between two key frames. By default 2, or 4 in slow videos. */
  readonly keyFrameSeconds?: number | undefined
  /** The video shows one picture all the time. */
  readonly isStill?: boolean | undefined
}

/** The CRF of libx264 when nothing else is requested. */
export const DEFAULT_CRF = 23

/** The options for key frames at fixed times, where segments start. The names have no dash and no stream yet. */
export const keyFrames = ({ fps, keyFrameSeconds }: PictureCoding): Readonly<Record<string, string>> => {
  const seconds = keyFrameSeconds ?? (fps < SLOW_FPS ? SLOW_KEY_FRAME_SECONDS : KEY_FRAME_SECONDS)
  return { g: `${Math.max(1, Math.round(seconds * fps))}`, force_key_frames: `expr:gte(t,n_forced*${seconds})` }
}

/** The options for the limit on the bitrate. */
export const limits = ({ limit }: PictureCoding): Readonly<Record<string, string>> => ({
  maxrate: `${limit.maxrate}`,
  bufsize: `${limit.bufsize}`
})
