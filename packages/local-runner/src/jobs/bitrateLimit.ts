import { Bitrates } from "@runner-connector/core"
import type { Option } from "effect"

/** The limit on the bitrate of a video. The quality setting decides how much of it is used. */
export interface BitrateLimit {
  /** Long-term bits per second. */
  readonly maxrate: number
  /** Bits that a burst may use in addition, such as a new slide after a long still. */
  readonly bufsize: number
}

/**
 * Minimum rate in frames per second for the limit. Frames of slower videos get no fewer bits, because they are visible
 * for longer.
 */
const CALM_FPS = 25

/** Frames per second. Slower videos are slides, which compress so well that the source's bitrate is no useful limit. */
const SLIDES_FPS = 15

const BUFFER_SECONDS = 2

const calm = (picture: Bitrates.Picture): Bitrates.Picture => ({ ...picture, fps: Math.max(CALM_FPS, picture.fps) })

/** Returns PeerTube's limit for a rendition of a source with this bitrate, raised where still content needs more. */
export const forRendition = (picture: Bitrates.Picture, source: Option.Option<number>): BitrateLimit => {
  const usual = Bitrates.averageBitrate(calm(picture))
  const maxrate = picture.fps < SLIDES_FPS ? usual : Bitrates.targetBitrate(calm(picture), source)
  return { maxrate, bufsize: BUFFER_SECONDS * Math.max(usual, maxrate) }
}

/** Returns the limit for results from which renditions are made later. */
export const forIntermediate = (picture: Bitrates.Picture): BitrateLimit => {
  const maxrate = Bitrates.maxBitrate(calm(picture))
  return { maxrate, bufsize: BUFFER_SECONDS * maxrate }
}
