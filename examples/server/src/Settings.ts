import cluster from "node:cluster"
import { type DatabaseSettings, Installation, localUrlOf } from "@runner-connector/cli/installation"
import { ConnectorConfig, JobType, SettingNames } from "@runner-connector/core"
import type { TrustedProxies } from "@runner-connector/http-h3"
import type { LocalRunner } from "@runner-connector/local-runner"
import { type Config, ConfigError, Context, type Duration, Effect, Either, Layer, Option, type Redacted } from "effect"
import * as Addresses from "./Addresses.ts"
import type { Limits } from "./LimitSettings.ts"
import type { LogSettings } from "./logging/LogSettings.ts"
import type { RedisSettings } from "./NotifierSettings.ts"
import * as Playback from "./PlaybackSettings.ts"
import type { S3Settings } from "./S3Settings.ts"
import type { MetricsAccess } from "./telemetry/MetricsSettings.ts"
import type { OtlpSettings } from "./telemetry/OtlpSettings.ts"
import { config } from "./variables.ts"

/** The settings from the environment. */
export interface ServerSettings extends DatabaseSettings, LogSettings, Limits {
  readonly host: string
  readonly port: number
  /** The origin that runners use. */
  readonly publicUrl: URL
  /** Whether clients may use this host name for the server: lower case, IPv6 addresses in brackets. */
  readonly isOwnHost: (hostname: string) => boolean
  /** The proxies whose `X-Forwarded-For` tells the client's address. */
  readonly trustedProxies: TrustedProxies.TrustedProxies
  /** The server's origin on this machine. */
  readonly localUrl: URL
  /** The folder of the embedded database, the stored videos and the generated secrets. */
  readonly dataDir: string
  /** The number of processes that share the port. */
  readonly workers: number
  /** A Redis that connects the server processes. */
  readonly redis: Option.Option<RedisSettings>
  /** The bucket that stores the files instead of the data folder. */
  readonly s3: Option.Option<S3Settings>
  /** Who may watch videos. */
  readonly playback: Playback.PlaybackSettings
  readonly localRunner: boolean
  /** The number of jobs that the local runner does at once. */
  readonly localRunnerConcurrency: Option.Option<number>
  /** The transcription program of the local runner. */
  readonly localRunnerTranscription: Option.Option<LocalRunner.Transcriber>
  /** Set by the operator. Lists and details of videos, uploads and every other change then require it, too. */
  readonly adminToken: Option.Option<Redacted.Redacted<string>>
  /** Whether every new video gets a storyboard. */
  readonly storyboards: boolean
  /** Whether runners and the server may be sent to private addresses, by lives and by the `videoUrl` of captions. */
  readonly livesAllowPrivateAddresses: boolean
  /** Whether webhooks may be delivered to private addresses. */
  readonly webhooksAllowPrivateAddresses: boolean
  /** Who may read `/metrics`. */
  readonly metricsAccess: MetricsAccess
  /** Where traces and metrics are sent. */
  readonly otlp: Option.Option<OtlpSettings>
  /** The time between the first 503 of `/readyz` and the end of the listening. */
  readonly shutdownDelay: Duration.Duration
  /** How long requests in progress may continue at the end. */
  readonly shutdownTimeout: Duration.Duration
  /** The settings of the connector itself. */
  readonly connector: Config.Config.Success<typeof ConnectorConfig.config>
}

/** The settings of this process. */
export class Settings extends Context.Tag("@runner-connector/example-server/Settings")<Settings, ServerSettings>() {}

/** No other program uses these prefixes, so every unknown variable with one of them is a mistake. */
const OWN_PREFIXES = [
  "S3_",
  "TRANSCODING_",
  "TRANSCRIPTION_",
  "LOCAL_RUNNER_",
  "RETENTION_",
  "WEBHOOKS_",
  "PLAYBACK_",
  "LOG_"
]

/** Workers get the embedded database of their primary process as `DATABASE_URL`. */
const playbackOf = (
  playback: Config.Config.Success<typeof Playback.playback>,
  { adminToken, database, s3 }: Pick<Config.Config.Success<typeof config>, "adminToken" | "database" | "s3">
) =>
  Playback.complete(playback, {
    hasAdminToken: Option.isSome(adminToken),
    s3,
    sharesDatabase: Option.isSome(database.databaseUrl) && !cluster.isWorker
  })

const jobTypes = JobType.builtIn.map(({ name }) => name)

/** Job types that get labels and do not exist. */
const unknownTypes = Effect.map(Effect.option(ConnectorConfig.config), (connector) =>
  ConnectorConfig.unknownJobTypes(
    Option.match(connector, { onNone: () => ({}), onSome: ({ jobLabels }) => jobLabels }),
    jobTypes
  ).map((sentence) => ConfigError.InvalidData(["RUNNER_JOB_LABELS"], sentence))
)

/** Fails with all errors: of values, and of names that are no settings. */
const checked = Effect.gen(function* () {
  const misspelt = SettingNames.misspeltNames(process.env, yield* SettingNames.namesOf(config), OWN_PREFIXES)
  const read = Either.flatMap(yield* Effect.either(config), ({ playback, ...settings }) =>
    Either.map(
      Either.all({
        guarded: Addresses.guarded(settings.addresses, settings.adminToken),
        playback: playbackOf(playback, settings)
      }),
      ({ playback }) => ({ ...settings, playback })
    )
  )
  yield* SettingNames.failWithAll([...(Either.isLeft(read) ? [read.left] : []), ...misspelt, ...(yield* unknownTypes)])
  return yield* read
})

/** Reads the environment. Fails with every fault of it before anything starts. */
export const layer: Layer.Layer<Settings, ConfigError.ConfigError> = Layer.effect(
  Settings,
  Effect.gen(function* () {
    const { addresses, database, limits, log, ...settings } = yield* checked
    const localUrl = localUrlOf(addresses)
    // Each worker counts by itself, and gets as many connections as the others. 0 stays: no limit.
    const perWorker = (limit: number) => Math.ceil(limit / settings.workers)
    return {
      ...settings,
      ...addresses,
      ...database,
      ...log,
      ...limits,
      maxConnectionsPerAddress: perWorker(limits.maxConnectionsPerAddress),
      connector: { ...settings.connector, rateLimit: perWorker(settings.connector.rateLimit) },
      publicUrl: Option.getOrElse(addresses.publicUrl, () => localUrl),
      isOwnHost: Addresses.ownHosts(addresses),
      localUrl,
      localRunner: settings.localRunner === "on",
      livesAllowPrivateAddresses: settings.livesAllowPrivateAddresses === "on",
      webhooksAllowPrivateAddresses: settings.webhooksAllowPrivateAddresses === "on",
      storyboards: settings.storyboards === "on"
    }
  })
)

/** The settings of the connector, from the same environment. */
export const connector: Layer.Layer<ConnectorConfig.ConnectorConfig, never, Settings> = Layer.effect(
  ConnectorConfig.ConnectorConfig,
  Effect.map(Settings, ({ connector, publicUrl }) => ({ ...connector, publicUrl }))
)

/** The settings of the commands, from the same environment. */
export const installation: Layer.Layer<Installation, never, Settings> = Layer.effect(
  Installation,
  Effect.map(Settings, ({ s3, ...settings }) => ({ ...settings, s3: Option.map(s3, ({ storage }) => storage) }))
)
