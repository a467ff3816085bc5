import { Schema } from "effect"

/** Short sides, in pixels, of the renditions that can be switched on; sound alone is 0 and no choice of this list. */
export const Resolution = Schema.Literal(144, 240, 360, 480, 720, 1080, 1440, 2160)
export type Resolution = typeof Resolution.Type

/** What decides which renditions are made of a video. */
export interface TranscodingSettings {
  /** The renditions switched on. None of them is ever larger than the source. */
  readonly resolutions: ReadonlyArray<Resolution>
  /** Makes a rendition in the size of the source too, whatever that size is. */
  readonly alwaysTranscodeOriginalResolution: boolean
  /** Frames a second. */
  readonly fps: {
    /** Slower videos are brought up to this. */
    readonly min: number
    /** What small renditions of fast videos may have. */
    readonly standard: ReadonlyArray<number>
    /** What large renditions of videos faster than `max` may have, beside `max` itself. */
    readonly hdStandard: ReadonlyArray<number>
    /** What a still picture with sound gets. */
    readonly audioMerge: number
    /** Small renditions of faster videos are slowed down; videos of unknown speed get this. */
    readonly average: number
    /** Faster videos are slowed down, except in their own resolution. */
    readonly max: number
    /** Renditions from this short side on keep the speed of the source up to `max`. */
    readonly keepOriginFpsResolutionMin: number
  }
  /** The failure with this number ends a job. */
  readonly maxFailures: number
}

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
