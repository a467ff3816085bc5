import { Bitrates } from "@runner-connector/core"
import type { Option } from "effect"

/** What the bitrate of a picture must not exceed. The quality decides how much of it is used. */
export interface BitrateLimit {
  /** Bits a second in the long run. */
  readonly maxrate: number
  /** Bits that a burst may take beyond that, such as a new slide after a long still one. */
  readonly bufsize: number
}

/** A frame of a slower video gets no fewer bits than one of this rate: it is looked at for longer. */
const CALM_FPS = 25

/** Below this rate, in frames a second, a video shows slides. These compress so well that the source's rate says little. */
const SLIDES_FPS = 15

const BUFFER_SECONDS = 2

const calm = (picture: Bitrates.Picture): Bitrates.Picture => ({ ...picture, fps: Math.max(CALM_FPS, picture.fps) })

/** The limit of PeerTube for a rendition of a source with this bitrate, but with enough for still content. */
export const forRendition = (picture: Bitrates.Picture, source: Option.Option<number>): BitrateLimit => {
  const usual = Bitrates.averageBitrate(calm(picture))
  const maxrate = picture.fps < SLIDES_FPS ? usual : Bitrates.targetBitrate(calm(picture), source)
  return { maxrate, bufsize: BUFFER_SECONDS * Math.max(usual, maxrate) }
}

/** The limit for results from which renditions are yet to be made. */
export const forIntermediate = (picture: Bitrates.Picture): BitrateLimit => {
  const maxrate = Bitrates.maxBitrate(calm(picture))
  return { maxrate, bufsize: BUFFER_SECONDS * maxrate }
}
