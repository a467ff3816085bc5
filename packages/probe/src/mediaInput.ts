import type { FileStorage } from "@runner-connector/core"
import type { LiveInput, MediaInput } from "@runner-connector/ffmpeg"

const isLive = ({ protocol }: URL): boolean => protocol === "rtmp:" || protocol === "rtmps:"

/** The FFmpeg input for a source: a file, a URL, or a live stream. */
export const inputOf = (source: FileStorage.MediaSource): MediaInput | LiveInput => {
  if (source._tag === "Path") return { path: source.path }
  return isLive(source.url) ? { live: source.url } : { url: source.url }
}
