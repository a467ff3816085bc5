import type { Ffmpeg } from "@runner-connector/ffmpeg"
import { keyFrames, limits } from "./PictureCoding.ts"
import type { VideoEncoder } from "./VideoEncoder.ts"

/**
 * The presets of libx264. The native preset is the one of the official runner. In ffmpeg.wasm, with one thread and
 * without vector instructions, 20 s of 720p take 20 s with `ultrafast`, 29 s with `superfast` and 44 s with `veryfast`.
 * At this bitrate the files are alike.
 */
const presets = { native: "veryfast", wasm: "ultrafast" } as const

/** Returns libx264 for an engine. The quality decides on the bitrate, up to the limit. */
export const software = (engine: Ffmpeg["Type"]["engine"]): VideoEncoder => ({
  name: "libx264",
  device: [],
  filters: ["format=yuv420p"],
  options: (coding) => ({
    preset: presets[engine],
    pix_fmt: "yuv420p",
    ...(coding.crf === undefined ? {} : { crf: `${coding.crf}` }),
    ...limits(coding),
    ...keyFrames(coding),
    ...(coding.isStill ? { tune: "stillimage" } : {})
  }),
  // Two by default, one without B-frame pyramids.
  reordering: (frames) => (frames >= 2 ? {} : frames === 1 ? { "b-pyramid": "none" } : { bf: "0" })
})
