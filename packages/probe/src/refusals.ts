import { MediaProbe } from "@runner-connector/core"
import type { FfmpegFailed } from "@runner-connector/ffmpeg"
import type { Structure } from "./structure.ts"

const refusal = (reason: string) => () => new MediaProbe.UnreadableMedia({ reason })

export const empty = refusal("The file is empty.")
export const cutOff = refusal("The file ends before its media data does: it was probably cut off while it was copied.")
const notMedia = refusal("This is not an audio or video file.")
const damaged = refusal("The file is damaged: it has no readable audio or video.")
export const noLives = refusal("The ffmpeg.wasm of this server cannot play live streams.")
export const silentLive = refusal("The live stream sent no data.")
export const noPicture = refusal("The file has no decodable picture.")
export const notForMp4 = refusal("The tracks of the file cannot be copied into an MP4 file.")
export const tooLarge = refusal("The file has pictures of more than 134 million pixels, or more than 200 tracks.")

/** AVERROR_EOF. */
const END_OF_FILE = -541478725

/** FFmpeg names the exceeded limit, unless it is the one on total memory. */
const beyondLimits = /max pixel count|max_streams|Cannot allocate memory/

/** The refusal of a file that ffprobe could not open. */
export const ofProbe = (structure: Structure, failure: FfmpegFailed): MediaProbe.UnreadableMedia => {
  if (failure.error?.code === END_OF_FILE) return cutOff()
  if ([failure.message, ...failure.log].some((line) => beyondLimits.test(line))) return tooLarge()
  return structure === "unknown" ? notMedia() : damaged()
}
