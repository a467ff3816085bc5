import { Schema } from "effect"

/** What a probe said of a media file, reduced to what later decisions need. */
export const MediaSummary = Schema.Struct({
  /** Seconds; none when the container does not say. */
  duration: Schema.OptionFromNullOr(Schema.Number),
  /** Bytes. */
  size: Schema.Int,
  hasVideo: Schema.Boolean,
  hasAudio: Schema.Boolean,
  /** Pixels as shown, that is after rotation; 0 without video. */
  width: Schema.Int,
  height: Schema.Int,
  /** Whole frames a second; 0 without video or when unknown. */
  fps: Schema.Number
})
export type MediaSummary = typeof MediaSummary.Type
