import { Schema } from "effect"

/** Short sides in pixels of the renditions that can be enabled. Audio only is 0 and not in this list. */
export const Resolution = Schema.Literal(144, 240, 360, 480, 720, 1080, 1440, 2160)
export type Resolution = typeof Resolution.Type

const Whole = Schema.Int.pipe(Schema.positive())

/** The length of chunks and of films that are cut. Seconds, at most an hour. */
export const ChunkSeconds = Schema.Number.pipe(
  Schema.between(1, 3600, { message: () => "expected seconds from 1 to 3600" })
)

const CHUNK_DURATION = 60
const CHUNK_MIN_DURATION = 180

/** The settings that select the renditions of a video. */
export const TranscodingSettings = Schema.Struct({
  /** The enabled renditions. None is larger than the source. */
  resolutions: Schema.Array(Resolution),
  /** Also make a rendition in the size of the source. */
  alwaysTranscodeOriginalResolution: Schema.Boolean,
  /** Frames per second. */
  fps: Schema.Struct({
    /** Raise slower videos to this frame rate. */
    min: Whole,
    /** Frame rates for small renditions of fast videos. */
    standard: Schema.Array(Whole),
    /** Frame rates for large renditions of videos faster than `max`, beside `max` itself. */
    hdStandard: Schema.Array(Whole),
    /** The frame rate of a still picture with audio. */
    audioMerge: Whole,
    /** Reduce small renditions of faster videos to this rate. Also used for unknown rates. */
    average: Whole,
    /** Reduce faster videos to this rate, except in their own resolution. */
    max: Whole,
    /** Renditions from this short side on keep the frame rate of the source up to `max`. */
    keepOriginFpsResolutionMin: Whole
  }),
  /** The failure with this number ends a job. */
  maxFailures: Whole,
  /** Seconds of most chunks of a video that is cut. */
  chunkDuration: Schema.optionalWith(ChunkSeconds, { default: () => CHUNK_DURATION }),
  /** Shorter videos are not cut. Seconds. */
  chunkMinDuration: Schema.optionalWith(ChunkSeconds, { default: () => CHUNK_MIN_DURATION })
})
export type TranscodingSettings = typeof TranscodingSettings.Type

/** The settings of a host that configures nothing. */
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
  maxFailures: 5,
  chunkDuration: CHUNK_DURATION,
  chunkMinDuration: CHUNK_MIN_DURATION
}
