import { Schema } from "effect"

/** Short sides, in pixels, of the renditions that can be switched on; sound alone is 0 and no choice of this list. */
export const Resolution = Schema.Literal(144, 240, 360, 480, 720, 1080, 1440, 2160)
export type Resolution = typeof Resolution.Type

const Whole = Schema.Int.pipe(Schema.positive())

/** What decides which renditions are made of a video. */
export const TranscodingSettings = Schema.Struct({
  /** The renditions switched on. None of them is ever larger than the source. */
  resolutions: Schema.Array(Resolution),
  /** Makes a rendition in the size of the source too, whatever that size is. */
  alwaysTranscodeOriginalResolution: Schema.Boolean,
  /** Frames a second. */
  fps: Schema.Struct({
    /** Slower videos are brought up to this. */
    min: Whole,
    /** What small renditions of fast videos may have. */
    standard: Schema.Array(Whole),
    /** What large renditions of videos faster than `max` may have, beside `max` itself. */
    hdStandard: Schema.Array(Whole),
    /** What a still picture with sound gets. */
    audioMerge: Whole,
    /** Small renditions of faster videos are slowed down; videos of unknown speed get this. */
    average: Whole,
    /** Faster videos are slowed down, except in their own resolution. */
    max: Whole,
    /** Renditions from this short side on keep the speed of the source up to `max`. */
    keepOriginFpsResolutionMin: Whole
  }),
  /** The failure with this number ends a job. */
  maxFailures: Whole
})
export type TranscodingSettings = typeof TranscodingSettings.Type

/** The settings of a host that says nothing. */
export const defaults: TranscodingSettings = {
  resolutions: [360, 480, 720],
  alwaysTranscodeOriginalResolution: false,
  fps: {
    min: 1,
    standard: [24, 25, 30],
    hdStandard: [50, 60],
    audioMerge: 25,
    average: 30,
    max: 60,
    keepOriginFpsResolutionMin: 720
  },
  maxFailures: 5
}
