import { Config, Schema } from "effect"
import { defaultPlan, GraphKind, type TranscodingPlan } from "../domain/video/TranscodingPlan.ts"
import {
  ChunkSeconds,
  defaults,
  type Resolution,
  type TranscodingSettings
} from "../domain/video/TranscodingSettings.ts"

const flag = (name: string, fallback: boolean, description: string) =>
  Config.boolean(`TRANSCODING_${name}`).pipe(Config.withDefault(fallback), Config.withDescription(description))

const positive = (config: Config.Config<number>) =>
  Config.validate(config, { message: "expected a whole number above 0", validation: (n) => n > 0 })

const whole = (name: string, fallback: number, description: string) =>
  positive(Config.integer(`TRANSCODING_${name}`)).pipe(
    Config.withDefault(fallback),
    Config.withDescription(description)
  )

const seconds = (name: string, fallback: number, description: string) =>
  Config.number(`TRANSCODING_${name}`).pipe(
    Config.validate({ message: "expected seconds from 1 to 3600", validation: Schema.is(ChunkSeconds) }),
    Config.withDefault(fallback),
    Config.withDescription(description)
  )

const list = (name: string, fallback: ReadonlyArray<number>, description: string) =>
  Config.array(positive(Config.integer()), `TRANSCODING_${name}`).pipe(
    Config.withDefault([...fallback]),
    Config.withDescription(description)
  )

const all: ReadonlyArray<Resolution> = [144, 240, 360, 480, 720, 1080, 1440, 2160]

const resolutions: Config.Config<ReadonlyArray<Resolution>> = Config.all(
  all.map((resolution) =>
    flag(
      `RESOLUTIONS_${resolution}P`,
      defaults.resolutions.includes(resolution),
      `Make renditions with ${resolution} lines. None is larger than the source.`
    ).pipe(Config.map((enabled) => (enabled ? [resolution] : [])))
  )
).pipe(Config.map((enabled) => enabled.flat()))

/**
 * The settings of the Django original with its names and defaults: `TRANSCODING_RESOLUTIONS_144P` … `_2160P`,
 * `TRANSCODING_ALWAYS_TRANSCODE_ORIGINAL_RESOLUTION`, `TRANSCODING_FPS_…`, `TRANSCODING_RUNNER_MAX_FAILURE`. Lists are
 * separated by commas: `24,25,30`.
 */
export const transcodingConfig: Config.Config<TranscodingSettings> = Config.all({
  resolutions,
  alwaysTranscodeOriginalResolution: flag(
    "ALWAYS_TRANSCODE_ORIGINAL_RESOLUTION",
    defaults.alwaysTranscodeOriginalResolution,
    "Also make one in the size of the source."
  ),
  fps: Config.all({
    min: whole("FPS_MIN", defaults.fps.min, "Raise slower videos to this frame rate."),
    standard: list("FPS_STANDARD", defaults.fps.standard, "Frame rates for small renditions of fast videos."),
    hdStandard: list(
      "FPS_HD_STANDARD",
      defaults.fps.hdStandard,
      "Frame rates for large renditions of very fast videos."
    ),
    audioMerge: whole("FPS_AUDIO_MERGE", defaults.fps.audioMerge, "Frame rate of a still picture with audio."),
    average: whole("FPS_AVERAGE", defaults.fps.average, "Reduce small renditions of faster videos to this rate."),
    max: whole("FPS_MAX", defaults.fps.max, "Reduce faster videos to this rate, except in their own resolution."),
    keepOriginFpsResolutionMin: whole(
      "FPS_KEEP_ORIGIN_FPS_RESOLUTION_MIN",
      defaults.fps.keepOriginFpsResolutionMin,
      "Keep the frame rate of the source from this resolution on."
    )
  }),
  maxFailures: whole("RUNNER_MAX_FAILURE", defaults.maxFailures, "Failures after which a job is Errored."),
  chunkDuration: seconds("CHUNK_DURATION", defaults.chunkDuration, "Seconds of most chunks of a video that is cut."),
  chunkMinDuration: seconds(
    "CHUNK_MIN_DURATION",
    defaults.chunkMinDuration,
    "Seconds. Shorter videos are not cut into chunks."
  )
})

/**
 * The default plan: `TRANSCODING_GRAPH`, `TRANSCODING_HLS`, `TRANSCODING_WEB_VIDEOS`, `TRANSCODING_SPLIT_AUDIO`,
 * `TRANSCODING_AUDIO_MERGE`, `TRANSCODING_KEEP_SOURCE`.
 */
export const planConfig: Config.Config<Omit<TranscodingPlan, "settings">> = Config.all({
  graph: Config.literal(...GraphKind.literals)("TRANSCODING_GRAPH").pipe(
    Config.withDefault(defaultPlan.graph),
    Config.withDescription(
      "`auto`: make the HLS renditions of long films in chunks, so that they play after the first one. `chunked`: the same, and shorter videos say why they are not cut. `parallel`: whole renditions. `peertube`: jobs depend on each other as in PeerTube."
    )
  ),
  hls: flag("HLS", defaultPlan.hls, "Make HLS renditions."),
  webVideos: flag("WEB_VIDEOS", defaultPlan.webVideos, "Make a progressive MP4 file for each rendition."),
  splitAudio: flag("SPLIT_AUDIO", defaultPlan.splitAudio, "Put the audio into a rendition of its own."),
  audioMerge: flag("AUDIO_MERGE", defaultPlan.audioMerge, "Make a video of an audio file and a plain picture."),
  keepSource: flag("KEEP_SOURCE", defaultPlan.keepSource, "`false`: delete the source after transcoding."),
  storyboard: Config.succeed(defaultPlan.storyboard)
})
