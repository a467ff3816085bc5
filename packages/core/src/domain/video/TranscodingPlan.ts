import { Schema } from "effect"
import { TranscodingSettings } from "./TranscodingSettings.ts"

/** How the jobs of a video hang together: all at once, or as PeerTube does it. */
export const GraphKind = Schema.Literal("parallel", "peertube")
export type GraphKind = typeof GraphKind.Type

/** What is to be made of a video; kept with it, so that what is missing can be made later on. */
export const TranscodingPlan = Schema.Struct({
  graph: GraphKind,
  /** HLS renditions. */
  hls: Schema.Boolean,
  /** A progressive MP4 for each rendition. */
  webVideos: Schema.Boolean,
  /** HLS has its sound in a rendition of its own. */
  splitAudio: Schema.Boolean,
  /** Sound without a picture becomes a video with a still one. */
  audioMerge: Schema.Boolean,
  /** The source stays in storage when everything has been made of it. */
  keepSource: Schema.Boolean,
  /** A storyboard, where a runner knows how to make one. */
  storyboard: Schema.Boolean,
  settings: TranscodingSettings
})
export type TranscodingPlan = typeof TranscodingPlan.Type

/** What is made of a video when the caller does not say. */
export const defaultPlan: Omit<TranscodingPlan, "settings"> = {
  graph: "parallel",
  hls: true,
  webVideos: false,
  splitAudio: false,
  audioMerge: false,
  keepSource: true,
  storyboard: false
}
