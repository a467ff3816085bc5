import cluster from "node:cluster"
import { availableParallelism } from "node:os"
import {
  type DatabaseSettings,
  database,
  dataDir,
  Installation,
  localUrlOf,
  onOff,
  optional,
  positive,
  present,
  secret
} from "@runner-connector/cli/installation"
import { ConnectorConfig, SettingNames } from "@runner-connector/core"
import type { TrustedProxies } from "@runner-connector/http-h3"
import type { LocalRunner } from "@runner-connector/local-runner"
import { Config, ConfigError, Context, Duration, Effect, Either, Layer, Option, Redacted } from "effect"
import * as Addresses from "./Addresses.ts"
import * as LogSettings from "./logging/LogSettings.ts"
import * as NotifierSettings from "./NotifierSettings.ts"
import * as Playback from "./PlaybackSettings.ts"
import { type S3Settings, s3 } from "./S3Settings.ts"
import { transcription } from "./TranscriptionCommand.ts"
import { type MetricsAccess, metricsAccess } from "./telemetry/MetricsSettings.ts"
import { type OtlpSettings, otlp } from "./telemetry/OtlpSettings.ts"

/** The settings from the environment. */
export interface ServerSettings extends DatabaseSettings, LogSettings.LogSettings {
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
  readonly redis: Option.Option<NotifierSettings.RedisSettings>
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
  /** The size limit of uploads, in bytes. */
  readonly maxUploadSize: number
  /** The most uploads that may be unfinished at once. */
  readonly maxUnfinishedUploads: number
  /** The most bytes that they may have together. */
  readonly maxUnfinishedUploadsSize: number
  /** Connections that one address may open at once; 0: no limit. */
  readonly maxConnectionsPerAddress: number
  /** The time between the first 503 of `/readyz` and the end of the listening. */
  readonly shutdownDelay: Duration.Duration
  /** How long requests in progress may continue at the end. */
  readonly shutdownTimeout: Duration.Duration
  /** The settings of the connector itself. */
  readonly connector: Config.Config.Success<typeof ConnectorConfig.config>
}

export class Settings extends Context.Tag("@runner-connector/example-server/Settings")<Settings, ServerSettings>() {}

/** The token is sent in a header, after a space. */
const token = Config.mapOrFail(
  Config.withDescription(
    secret("ADMIN_TOKEN"),
    "Default: created at first start. Bearer token of the administrator. If you set it, every route that lists or changes videos requires it."
  ),
  (text) =>
    Option.exists(text, (value) => !/^[!-~]+$/.test(Redacted.value(value)))
      ? Either.left(ConfigError.InvalidData(["ADMIN_TOKEN"], "expected visible ASCII characters without blanks"))
      : Either.right(text)
)

const workers = Config.mapOrFail(
  present(
    Config.withDescription(
      Config.string("WORKERS"),
      "Default: 1. Number of processes that share the port, or `auto`: one for each core."
    )
  ),
  (text) => {
    const value = Option.getOrElse(text, () => "1")
    if (value === "auto") return Either.right(availableParallelism())
    return /^[1-9]\d{0,2}$/.test(value)
      ? Either.right(Number(value))
      : Either.left(ConfigError.InvalidData(["WORKERS"], "expected auto, or a whole number from 1 to 999"))
  }
)

/** Every variable of the server. docs/configuration.md is generated from it. */
export const config = Config.all({
  addresses: Addresses.addresses,
  dataDir,
  database,
  log: LogSettings.log,
  metricsAccess,
  otlp,
  redis: NotifierSettings.redis,
  workers,
  s3,
  playback: Playback.playback,
  localRunner: Config.withDefault(
    Config.withDescription(onOff("LOCAL_RUNNER"), "`off`: only external runners work."),
    "on"
  ),
  localRunnerConcurrency: optional(
    Config.withDescription(
      positive("LOCAL_RUNNER_CONCURRENCY"),
      "Default: 2, with ffmpeg.wasm 1. Jobs that the local runner does at once."
    )
  ),
  localRunnerTranscription: transcription,
  adminToken: token,
  livesAllowPrivateAddresses: Config.withDefault(
    Config.withDescription(
      onOff("LIVES_ALLOW_PRIVATE_ADDRESSES"),
      "`on`: lives may be played from, and captions may name (`videoUrl`), hosts with private, loopback or link-local addresses."
    ),
    "off"
  ),
  webhooksAllowPrivateAddresses: Config.withDefault(
    Config.withDescription(
      onOff("WEBHOOKS_ALLOW_PRIVATE_ADDRESSES"),
      "`on`: webhooks may be delivered to this machine and to local networks."
    ),
    "off"
  ),
  storyboards: Config.withDefault(
    Config.withDescription(onOff("STORYBOARDS"), "`off`: make no storyboards of new videos."),
    "on"
  ),
  maxUploadSize: Config.withDefault(
    Config.withDescription(positive("MAX_UPLOAD_SIZE"), "Largest video that can be uploaded, in bytes."),
    64 * 1024 ** 3
  ),
  maxUnfinishedUploads: Config.withDefault(
    Config.withDescription(
      positive("MAX_UNFINISHED_UPLOADS"),
      "Resumable uploads that may be unfinished at once, on all servers."
    ),
    1000
  ),
  maxUnfinishedUploadsSize: Config.withDefault(
    Config.withDescription(
      positive("MAX_UNFINISHED_UPLOADS_SIZE"),
      "Bytes that unfinished resumable uploads may have together, on all servers. They wait in `DATA_DIR`, or in the bucket."
    ),
    256 * 1024 ** 3
  ),
  maxConnectionsPerAddress: Config.withDefault(
    Config.integer("MAX_CONNECTIONS_PER_ADDRESS").pipe(
      Config.validate({ message: "expected a whole number, or 0 for no limit", validation: (number) => number >= 0 }),
      Config.withDescription(
        "Connections that one IP address may open at once. 0: no limit. Connections of trusted proxies are not counted."
      )
    ),
    2500
  ),
  shutdownDelay: Config.withDefault(
    Config.withDescription(
      Config.duration("SHUTDOWN_DELAY"),
      "Time for load balancers to notice `/readyz`. Longer than the interval of their probes."
    ),
    Duration.zero
  ),
  shutdownTimeout: Config.withDefault(
    Config.withDescription(Config.duration("SHUTDOWN_TIMEOUT"), "How long requests in progress may continue."),
    Duration.seconds(20)
  ),
  connector: ConnectorConfig.config
})

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
  yield* SettingNames.failWithAll([...(Either.isLeft(read) ? [read.left] : []), ...misspelt])
  return yield* read
})

/** Reads the environment. Fails with every fault of it before anything starts. */
export const layer: Layer.Layer<Settings, ConfigError.ConfigError> = Layer.effect(
  Settings,
  Effect.gen(function* () {
    const { addresses, database, log, ...settings } = yield* checked
    const localUrl = localUrlOf(addresses)
    // Each worker counts by itself, and gets as many connections as the others. 0 stays: no limit.
    const perWorker = (limit: number) => Math.ceil(limit / settings.workers)
    return {
      ...settings,
      ...addresses,
      ...database,
      ...log,
      maxConnectionsPerAddress: perWorker(settings.maxConnectionsPerAddress),
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
