import { Schema } from "effect"

/** A part of the presentation in seconds. 0 is the moment at which the earlier of the chosen tracks starts. */
export const Span = Schema.Struct({ start: Schema.Number, end: Schema.Number })
export type Span = typeof Span.Type

/** The facts of a media file that later decisions need. */
export const MediaSummary = Schema.Struct({
  /** Seconds. None when unknown. */
  duration: Schema.OptionFromNullOr(Schema.Number),
  /** Bytes. */
  size: Schema.Int,
  hasVideo: Schema.Boolean,
  hasAudio: Schema.Boolean,
  /** Pixels as displayed, after rotation. 0 without video. */
  width: Schema.Int,
  height: Schema.Int,
  /** Whole frames per second. 0 without video or when unknown. */
  fps: Schema.Number,
  /** HLS players can play the video track unchanged. Absent otherwise, and in summaries of earlier versions. */
  isPlain: Schema.optionalWith(Schema.Literal(true), { exact: true }),
  /** When the video and the audio are presented. Absent without such a track, and when unknown. */
  shown: Schema.optionalWith(Span, { exact: true }),
  heard: Schema.optionalWith(Span, { exact: true })
})
export type MediaSummary = typeof MediaSummary.Type
