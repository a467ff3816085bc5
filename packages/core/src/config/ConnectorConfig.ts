import { Config, type ConfigError, Context, Duration, Effect, Layer, Option } from "effect"
import type { Language } from "../domain/captions/Languages.ts"
import { type RetryPolicy, retryPolicy } from "../domain/job/RetrySchedule.ts"
import { defaultPlan, type TranscodingPlan } from "../domain/video/TranscodingPlan.ts"
import { type TranscodingSettings, defaults as transcodingDefaults } from "../domain/video/TranscodingSettings.ts"
import { languagesConfig } from "./languagesConfig.ts"
import { planConfig, transcodingConfig } from "./transcodingConfig.ts"

/** What the connector can be told. All durations have defaults that suit the real runner; see each for its reason. */
export interface ConnectorSettings {
  /** The origin under which runners reach this server, such as `https://media.example`; goes into job payloads. */
  readonly publicUrl: URL
  /** Which renditions are made. A call of `transcodeVideo` can say otherwise for its video. */
  readonly transcoding: TranscodingSettings
  /** What is made of a video beside that, and how its jobs hang together. A call can say otherwise, too. */
  readonly plan: Omit<TranscodingPlan, "settings">
  /** The languages in which captions are taken; all when there is none. */
  readonly languages: Option.Option<ReadonlyArray<Language>>
  /** How long a runner may be silent with a job. The real runner reports every 60 s: stay well above twice that. */
  readonly vodSilence: Duration.Duration
  /** The same for live jobs, whose chunks are the report. */
  readonly liveSilence: Duration.Duration
  /**
   * How long the progress of a VOD job may stay the same, although its runner reports; four times the duration of its
   * video are added. A hung FFmpeg or download keeps a job no longer than that.
   */
  readonly progressSilence: Duration.Duration
  /** How long one attempt of a VOD job may take altogether. */
  readonly vodRunTime: Duration.Duration
  /** How often a runner may fall silent with one job before that counts as a failure. */
  readonly maxStalls: number
  /** How often servers may die while they store a result of one job before that counts as a failure. */
  readonly maxInterruptions: number
  /** How long a job rests after failures, before it is offered again. */
  readonly retryPause: RetryPolicy
  /** How long the answer to `success` waits for the result to be stored; then the work goes on behind it. */
  readonly completionWait: Duration.Duration
  /**
   * How long nothing may be heard of the process that stores a result before a server that has the received files
   * continues in its place.
   */
  readonly completionSilence: Duration.Duration
  /** How long the job waits for such a server, from the last sign of life on, before runners can have it again. */
  readonly resumeWindow: Duration.Duration
  /** How long nothing may be heard of the process that stores an upload before the file is removed. */
  readonly uploadSilence: Duration.Duration
  /** Pause between two rounds of upkeep. */
  readonly upkeepInterval: Duration.Duration
  /** How long a replaced file stays for those who still hold its address. */
  readonly retiredFor: Duration.Duration
  /** A runner's last contact is written at most this often. */
  readonly contactInterval: Duration.Duration
  /** How often one address may ask in `rateWindow`; registered runners may beyond that. 0: as often as it likes. */
  readonly rateLimit: number
  readonly rateWindow: Duration.Duration
  /** Whether runners are asked to bring the files of a result one by one, each to an address of its own. */
  readonly customUploads: boolean
  /** Whether runners are sent to the storage for their downloads, where its adapter gives addresses. */
  readonly redirectDownloads: boolean
  /** Largest body of a JSON request, in bytes. */
  readonly maxJsonSize: number
  /** Largest file that a runner may send, in bytes. */
  readonly maxFileSize: number
}

const GIB = 1024 ** 3

/** Everything but the public address, which only the host can know. */
export const defaults: Omit<ConnectorSettings, "publicUrl"> = {
  transcoding: transcodingDefaults,
  plan: defaultPlan,
  languages: Option.none(),
  vodSilence: Duration.minutes(2),
  liveSilence: Duration.seconds(30),
  progressSilence: Duration.hours(2),
  vodRunTime: Duration.days(2),
  maxStalls: 3,
  maxInterruptions: 10,
  retryPause: retryPolicy,
  completionWait: Duration.seconds(30),
  completionSilence: Duration.seconds(60),
  resumeWindow: Duration.minutes(5),
  uploadSilence: Duration.minutes(10),
  upkeepInterval: Duration.seconds(10),
  retiredFor: Duration.hours(1),
  contactInterval: Duration.seconds(30),
  rateLimit: 50,
  rateWindow: Duration.seconds(10),
  customUploads: false,
  redirectDownloads: false,
  maxJsonSize: 1024 ** 2,
  maxFileSize: 256 * GIB
}

/** The settings of the connector, as the use cases read them. */
export class ConnectorConfig extends Context.Tag("@runner-connector/core/ConnectorConfig")<
  ConnectorConfig,
  ConnectorSettings
>() {}

/** Settings given by the host; what is left out has its default. */
export const layer = (
  settings: Partial<ConnectorSettings> & Pick<ConnectorSettings, "publicUrl">
): Layer.Layer<ConnectorConfig> => Layer.succeed(ConnectorConfig, { ...defaults, ...settings })

const atLeast =
  (least: Duration.Duration, message: string) =>
  (name: string, fallback: Duration.Duration, description: string): Config.Config<Duration.Duration> =>
    Config.duration(name).pipe(
      // Directly on the variable: an error of anything further out does not name it.
      Config.validate({ message, validation: (value) => Duration.isFinite(value) && !Duration.lessThan(value, least) }),
      Config.withDefault(fallback),
      Config.withDescription(description)
    )

const duration = atLeast(Duration.zero, "expected a duration that ends")

/** With 0 the server would be busy with nothing else, or take every job from whoever holds it. */
const period = atLeast(Duration.millis(1), "expected a duration above 0 that ends")

const positive = (name: string, fallback: number, description: string) =>
  Config.integer(name).pipe(
    Config.validate({ message: "expected a whole number above 0", validation: (n) => n > 0 }),
    Config.withDefault(fallback),
    Config.withDescription(description)
  )

const flag = (name: string, fallback: boolean, description: string) =>
  Config.boolean(name).pipe(Config.withDefault(fallback), Config.withDescription(description))

/** The settings as the environment names them. */
export const config: Config.Config<Omit<ConnectorSettings, "publicUrl">> = Config.all({
  transcoding: transcodingConfig,
  plan: planConfig,
  languages: languagesConfig,
  vodSilence: period("RUNNER_VOD_SILENCE", defaults.vodSilence, "how long a runner may be silent with a job"),
  liveSilence: period("RUNNER_LIVE_SILENCE", defaults.liveSilence, "the same for live jobs"),
  progressSilence: period(
    "RUNNER_PROGRESS_SILENCE",
    defaults.progressSilence,
    "how long the progress of a VOD job may stay the same, beside four times the duration of its video"
  ),
  vodRunTime: period("RUNNER_VOD_RUN_TIME", defaults.vodRunTime, "how long one attempt of a VOD job may take"),
  maxStalls: positive("RUNNER_MAX_STALLS", defaults.maxStalls, "silences of one job before they count as failures"),
  maxInterruptions: positive(
    "RUNNER_MAX_INTERRUPTIONS",
    defaults.maxInterruptions,
    "deaths of servers that store a result of one job before they count as failures"
  ),
  retryPause: Config.all({
    base: duration("RUNNER_RETRY_PAUSE", retryPolicy.base, "rest after the second failure of a job; grows from there"),
    factor: Config.succeed(retryPolicy.factor),
    cap: duration("RUNNER_RETRY_PAUSE_MAX", retryPolicy.cap, "no rest is longer")
  }),
  completionWait: duration("RUNNER_COMPLETION_WAIT", defaults.completionWait, "how long success waits for storing"),
  completionSilence: period(
    "RUNNER_COMPLETION_SILENCE",
    defaults.completionSilence,
    "silence of a storing process before another one continues"
  ),
  resumeWindow: period(
    "RUNNER_RESUME_WINDOW",
    defaults.resumeWindow,
    "silence of a storing process before runners can have its job again"
  ),
  uploadSilence: period("RUNNER_UPLOAD_SILENCE", defaults.uploadSilence, "silence of an upload before it is removed"),
  upkeepInterval: period("RUNNER_UPKEEP_INTERVAL", defaults.upkeepInterval, "pause between rounds of upkeep"),
  retiredFor: duration("RUNNER_RETIRED_FOR", defaults.retiredFor, "how long replaced files are kept"),
  contactInterval: duration("RUNNER_CONTACT_INTERVAL", defaults.contactInterval, "how often a contact is written"),
  rateLimit: Config.integer("RUNNER_RATE_LIMIT").pipe(
    Config.validate({ message: "expected a whole number, or 0 for no limit", validation: (n) => n >= 0 }),
    Config.withDefault(defaults.rateLimit),
    Config.withDescription("requests of one address in the window, beyond which only registered runners may ask")
  ),
  rateWindow: period("RUNNER_RATE_WINDOW", defaults.rateWindow, "the window of this limit"),
  customUploads: flag(
    "CUSTOM_UPLOADS",
    defaults.customUploads,
    "whether runners bring the files of a result before it"
  ),
  redirectDownloads: flag(
    "RUNNER_REDIRECT_DOWNLOADS",
    defaults.redirectDownloads,
    "whether runners download from the storage itself, where it can give addresses"
  ),
  maxJsonSize: positive("RUNNER_MAX_JSON_SIZE", defaults.maxJsonSize, "bytes of the largest JSON body"),
  maxFileSize: positive("RUNNER_MAX_FILE_SIZE", defaults.maxFileSize, "bytes of the largest file of a runner")
})

/** Settings from the environment (Effect's config provider), and the public address from the host. */
export const layerFromEnv = (publicUrl: URL): Layer.Layer<ConnectorConfig, ConfigError.ConfigError> =>
  Layer.effect(
    ConnectorConfig,
    Effect.map(config, (settings) => ({ ...settings, publicUrl }))
  )
