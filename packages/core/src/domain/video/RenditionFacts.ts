import { Schema } from "effect"

/** How HLS names the transfer functions of HDR video. */
export const VideoRange = Schema.Literal("PQ", "HLG")
export type VideoRange = typeof VideoRange.Type

/** The facts about a media file that a master playlist needs besides its length, as probed. */
export const renditionFields = {
  /** Short side as probed, even when it differs by a pixel from the request. 0 for audio only. */
  resolution: Schema.Int,
  fps: Schema.Int,
  width: Schema.Int,
  height: Schema.Int,
  hasVideo: Schema.Boolean,
  hasAudio: Schema.Boolean,
  /** RFC 6381 strings for the master playlist: video first, then audio, without empty ones. */
  codecs: Schema.Array(Schema.String),
  /** The transfer function of HDR video. Absent for SDR. */
  videoRange: Schema.optionalWith(VideoRange, { exact: true })
}

/** The facts of a media file that do not change with its length. */
export const RenditionFacts = Schema.Struct(renditionFields)
export type RenditionFacts = typeof RenditionFacts.Type
