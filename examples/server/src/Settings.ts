import cluster from "node:cluster"
import { availableParallelism } from "node:os"
import { ConnectorConfig, SettingNames } from "@runner-connector/core"
import type { TrustedProxies } from "@runner-connector/http-h3"
import type { LocalRunner } from "@runner-connector/local-runner"
import { Config, ConfigError, Context, Duration, Effect, Either, Layer, Option, Redacted } from "effect"
import * as Addresses from "./Addresses.ts"
import * as DatabaseSettings from "./DatabaseSettings.ts"
import * as NotifierSettings from "./NotifierSettings.ts"
import * as Playback from "./PlaybackSettings.ts"
import { type S3Settings, s3 } from "./S3Settings.ts"
import { onOff, optional, positive, present, secret } from "./settingKinds.ts"
import { transcription } from "./TranscriptionCommand.ts"

/** The settings from the environment. */
export interface ServerSettings extends DatabaseSettings.DatabaseSettings {
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
  /** The size limit of uploads, in bytes. */
  readonly maxUploadSize: number
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
const token = Config.mapOrFail(secret("ADMIN_TOKEN"), (text) =>
  Option.exists(text, (value) => !/^[!-~]+$/.test(Redacted.value(value)))
    ? Either.left(ConfigError.InvalidData(["ADMIN_TOKEN"], "expected visible ASCII characters without blanks"))
    : Either.right(text)
)

const workers = Config.mapOrFail(present(Config.string("WORKERS")), (text) => {
  const value = Option.getOrElse(text, () => "1")
  if (value === "auto") return Either.right(availableParallelism())
  return /^[1-9]\d{0,2}$/.test(value)
    ? Either.right(Number(value))
    : Either.left(ConfigError.InvalidData(["WORKERS"], "expected auto, or a whole number from 1 to 999"))
})

const raw = Config.all({
  addresses: Addresses.addresses,
  dataDir: Config.withDefault(Config.nonEmptyString("DATA_DIR"), ".data"),
  database: DatabaseSettings.database,
  redis: NotifierSettings.redis,
  workers,
  s3,
  playback: Playback.playback,
  localRunner: Config.withDefault(onOff("LOCAL_RUNNER"), "on"),
  localRunnerConcurrency: optional(positive("LOCAL_RUNNER_CONCURRENCY")),
  localRunnerTranscription: transcription,
  adminToken: token,
  livesAllowPrivateAddresses: Config.withDefault(onOff("LIVES_ALLOW_PRIVATE_ADDRESSES"), "off"),
  webhooksAllowPrivateAddresses: Config.withDefault(onOff("WEBHOOKS_ALLOW_PRIVATE_ADDRESSES"), "off"),
  storyboards: Config.withDefault(onOff("STORYBOARDS"), "on"),
  maxUploadSize: Config.withDefault(positive("MAX_UPLOAD_SIZE"), 64 * 1024 ** 3),
  maxConnectionsPerAddress: Config.withDefault(
    Config.integer("MAX_CONNECTIONS_PER_ADDRESS").pipe(
      Config.validate({ message: "expected a whole number, or 0 for no limit", validation: (number) => number >= 0 })
    ),
    2500
  ),
  shutdownDelay: Config.withDefault(Config.duration("SHUTDOWN_DELAY"), Duration.zero),
  shutdownTimeout: Config.withDefault(Config.duration("SHUTDOWN_TIMEOUT"), Duration.seconds(20)),
  connector: ConnectorConfig.config
})

/** No other program uses these prefixes, so every unknown variable with one of them is a mistake. */
const OWN_PREFIXES = ["S3_", "TRANSCODING_", "TRANSCRIPTION_", "LOCAL_RUNNER_", "RETENTION_", "WEBHOOKS_", "PLAYBACK_"]

/** Workers get the embedded database of their primary process as `DATABASE_URL`. */
const playbackOf = (
  playback: Config.Config.Success<typeof Playback.playback>,
  { adminToken, database, s3 }: Pick<Config.Config.Success<typeof raw>, "adminToken" | "database" | "s3">
) =>
  Playback.complete(playback, {
    hasAdminToken: Option.isSome(adminToken),
    s3,
    sharesDatabase: Option.isSome(database.databaseUrl) && !cluster.isWorker
  })

/** Fails with all errors: of values, and of names that are no settings. */
const checked = Effect.gen(function* () {
  const misspelt = SettingNames.misspeltNames(process.env, yield* SettingNames.namesOf(raw), OWN_PREFIXES)
  const read = Either.flatMap(yield* Effect.either(raw), ({ playback, ...settings }) =>
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
    const { addresses, database, ...settings } = yield* checked
    const localUrl = Addresses.localUrlOf(addresses)
    // Each worker counts by itself, and gets as many connections as the others. 0 stays: no limit.
    const perWorker = (limit: number) => Math.ceil(limit / settings.workers)
    return {
      ...settings,
      ...addresses,
      ...database,
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
