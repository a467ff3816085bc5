import { Config } from "effect"
import { defaultPlan, GraphKind, type TranscodingPlan } from "../domain/video/TranscodingPlan.ts"
import { defaults, type Resolution, type TranscodingSettings } from "../domain/video/TranscodingSettings.ts"

const flag = (name: string, fallback: boolean) =>
  Config.boolean(`TRANSCODING_${name}`).pipe(Config.withDefault(fallback))

const positive = (config: Config.Config<number>) =>
  Config.validate(config, { message: "expected a whole number above 0", validation: (n) => n > 0 })

const whole = (name: string, fallback: number) =>
  positive(Config.integer(`TRANSCODING_${name}`)).pipe(Config.withDefault(fallback))

const list = (name: string, fallback: ReadonlyArray<number>) =>
  Config.array(positive(Config.integer()), `TRANSCODING_${name}`).pipe(Config.withDefault([...fallback]))

const all: ReadonlyArray<Resolution> = [144, 240, 360, 480, 720, 1080, 1440, 2160]

const resolutions: Config.Config<ReadonlyArray<Resolution>> = Config.all(
  all.map((resolution) =>
    flag(`RESOLUTIONS_${resolution}P`, defaults.resolutions.includes(resolution)).pipe(
      Config.map((enabled) => (enabled ? [resolution] : []))
    )
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
    defaults.alwaysTranscodeOriginalResolution
  ),
  fps: Config.all({
    min: whole("FPS_MIN", defaults.fps.min),
    standard: list("FPS_STANDARD", defaults.fps.standard),
    hdStandard: list("FPS_HD_STANDARD", defaults.fps.hdStandard),
    audioMerge: whole("FPS_AUDIO_MERGE", defaults.fps.audioMerge),
    average: whole("FPS_AVERAGE", defaults.fps.average),
    max: whole("FPS_MAX", defaults.fps.max),
    keepOriginFpsResolutionMin: whole("FPS_KEEP_ORIGIN_FPS_RESOLUTION_MIN", defaults.fps.keepOriginFpsResolutionMin)
  }),
  maxFailures: whole("RUNNER_MAX_FAILURE", defaults.maxFailures)
})

/**
 * The default plan: `TRANSCODING_GRAPH`, `TRANSCODING_HLS`, `TRANSCODING_WEB_VIDEOS`, `TRANSCODING_SPLIT_AUDIO`,
 * `TRANSCODING_AUDIO_MERGE`, `TRANSCODING_KEEP_SOURCE`.
 */
export const planConfig: Config.Config<Omit<TranscodingPlan, "settings">> = Config.all({
  graph: Config.literal(...GraphKind.literals)("TRANSCODING_GRAPH").pipe(Config.withDefault(defaultPlan.graph)),
  hls: flag("HLS", defaultPlan.hls),
  webVideos: flag("WEB_VIDEOS", defaultPlan.webVideos),
  splitAudio: flag("SPLIT_AUDIO", defaultPlan.splitAudio),
  audioMerge: flag("AUDIO_MERGE", defaultPlan.audioMerge),
  keepSource: flag("KEEP_SOURCE", defaultPlan.keepSource),
  storyboard: Config.succeed(defaultPlan.storyboard)
})
