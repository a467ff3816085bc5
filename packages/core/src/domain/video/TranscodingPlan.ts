import { Schema } from "effect"
import { TranscodingSettings } from "./TranscodingSettings.ts"

/**
 * How the jobs of a video depend on each other: not at all (`parallel`), or as in PeerTube. `chunked` cuts the source, and
 * makes each HLS picture in chunks. `auto`, the default, is `chunked` for films that are long enough to gain, and otherwise
 * `parallel`.
 */
export const GraphKind = Schema.Literal("auto", "chunked", "parallel", "peertube")
export type GraphKind = typeof GraphKind.Type

/** The requested files of a video. Stored with it, so that missing ones can be made later. */
export const TranscodingPlan = Schema.Struct({
  graph: GraphKind,
  /** Make HLS renditions. */
  hls: Schema.Boolean,
  /** Make a progressive MP4 file for each rendition. */
  webVideos: Schema.Boolean,
  /** Put the HLS audio into a rendition of its own. */
  splitAudio: Schema.Boolean,
  /** Make a video of an audio file and a still picture. */
  audioMerge: Schema.Boolean,
  /** Keep the source after transcoding. */
  keepSource: Schema.Boolean,
  /** Make a storyboard. */
  storyboard: Schema.Boolean,
  settings: TranscodingSettings
})
export type TranscodingPlan = typeof TranscodingPlan.Type

/** The plan when the caller gives none. */
export const defaultPlan: Omit<TranscodingPlan, "settings"> = {
  graph: "auto",
  hls: true,
  webVideos: false,
  splitAudio: false,
  audioMerge: false,
  keepSource: true,
  storyboard: false
}
