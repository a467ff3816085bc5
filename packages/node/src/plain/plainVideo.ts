import type { Chunking, Video as CoreVideo } from "@runner-connector/core"
import { Option } from "effect"
import type { Video } from "../model.ts"
import { toPlain } from "./toPlain.ts"

/** The parts, leases and keys of unfinished renditions belong to the server. */
const shown = ({ reason, state, total }: Chunking.Chunking) => ({
  state,
  total,
  ...(reason === undefined ? {} : { reason })
})

/** A video for applications. Shows of its chunks what documents show. */
export const plainVideo = (video: CoreVideo.Video): Video => {
  const parts = { ...video, chunking: Option.map(video.chunking, shown) }
  return toPlain(parts)
}
