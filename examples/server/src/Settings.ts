import { availableParallelism } from "node:os"
import { ConnectorConfig } from "@runner-connector/core"
import type { LocalRunner } from "@runner-connector/local-runner"
import { Config, ConfigError, Context, Duration, Effect, Either, Layer, Option, Redacted } from "effect"
import * as NotifierSettings from "./NotifierSettings.ts"
import { onOff, optional, positive, present, secret } from "./settingKinds.ts"
import { transcription } from "./TranscriptionCommand.ts"

/** The settings from the environment. */
export interface ServerSettings {
  readonly host: string
  readonly port: number
  /** The origin that runners use. */
  readonly publicUrl: URL
  /** Whether clients may use this host name for the server: lower case, IPv6 addresses in brackets. */
  readonly isOwnHost: (hostname: string) => boolean
  /** Whether all clients come through a proxy that sets `X-Forwarded-For`. */
  readonly trustProxy: boolean
  /** The server's origin on this machine. */
  readonly localUrl: URL
  /** The folder of the embedded database, the stored videos and the generated secrets. */
  readonly dataDir: string
  /** A PostgreSQL to use instead of the embedded one. */
  readonly databaseUrl: Option.Option<Redacted.Redacted<string>>
  /** The number of processes that share the port. */
  readonly workers: number
  /** A Redis that connects the server processes. */
  readonly redis: Option.Option<NotifierSettings.RedisSettings>
  readonly localRunner: boolean
  /** The number of jobs that the local runner does at once. */
  readonly localRunnerConcurrency: Option.Option<number>
  /** The transcription program of the local runner. */
  readonly localRunnerTranscription: Option.Option<LocalRunner.Transcriber>
  /** Set by the operator. Uploads and every other change of videos then require it, too. */
  readonly adminToken: Option.Option<Redacted.Redacted<string>>
  /** Whether every new video gets a storyboard. */
  readonly storyboards: boolean
  /** Whether runners and the server may be sent to private addresses, by lives and by the `videoUrl` of captions. */
  readonly livesAllowPrivateAddresses: boolean
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

/** Names and addresses of this machine that others cannot reach. */
const loopback = /^((.+\.)?localhost\.?|127(\.\d{1,3}){3}|\[?::1\]?)$/

/** The token is sent in a header, after a space. */
const token = Config.mapOrFail(secret("ADMIN_TOKEN"), (text) =>
  Option.exists(text, (value) => !/^[!-~]+$/.test(Redacted.value(value)))
    ? Either.left(ConfigError.InvalidData(["ADMIN_TOKEN"], "expected visible ASCII characters without blanks"))
    : Either.right(text)
)

const publicUrl = Config.mapOrFail(present(Config.string("PUBLIC_URL")), (text) =>
  Option.exists(text, (value) => !URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    ? Either.left(
        ConfigError.InvalidData(["PUBLIC_URL"], "expected an http or https address, such as https://media.example")
      )
    : Either.right(Option.map(text, (value) => new URL(new URL(value).origin)))
)

const workers = Config.mapOrFail(present(Config.string("WORKERS")), (text) => {
  const value = Option.getOrElse(text, () => "1")
  if (value === "auto") return Either.right(availableParallelism())
  return /^[1-9]\d{0,2}$/.test(value)
    ? Either.right(Number(value))
    : Either.left(ConfigError.InvalidData(["WORKERS"], "expected auto, or a whole number from 1 to 999"))
})

const raw = Config.all({
  host: Config.withDefault(Config.string("HOST"), "127.0.0.1"),
  port: Config.withDefault(Config.port("PORT"), 9000),
  publicUrl,
  allowedHosts: Config.withDefault(Config.array(Config.string(), "ALLOWED_HOSTS"), []),
  trustProxy: Config.withDefault(onOff("TRUST_PROXY"), "off"),
  dataDir: Config.withDefault(Config.nonEmptyString("DATA_DIR"), ".data"),
  databaseUrl: secret("DATABASE_URL"),
  redis: NotifierSettings.redis,
  workers,
  localRunner: Config.withDefault(onOff("LOCAL_RUNNER"), "on"),
  localRunnerConcurrency: optional(positive("LOCAL_RUNNER_CONCURRENCY")),
  localRunnerTranscription: transcription,
  adminToken: token,
  livesAllowPrivateAddresses: Config.withDefault(onOff("LIVES_ALLOW_PRIVATE_ADDRESSES"), "off"),
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

/** Without a token everybody who reaches the server may upload, delete and start lives. */
const guarded = ({
  adminToken,
  host,
  publicUrl
}: Pick<Config.Config.Success<typeof raw>, "adminToken" | "host" | "publicUrl">): Either.Either<
  void,
  ConfigError.ConfigError
> => {
  const refused = (open: string, remedy: string) =>
    Either.left(
      ConfigError.InvalidData(
        ["ADMIN_TOKEN"],
        `${open}, so others can reach this server, and there is no ADMIN_TOKEN: set ADMIN_TOKEN to a long secret, or ${remedy}`
      )
    )
  if (Option.isSome(adminToken)) return Either.void
  if (!loopback.test(host)) return refused(`HOST is ${host}`, "leave HOST at 127.0.0.1")
  const others = Option.filter(publicUrl, ({ hostname }) => !loopback.test(hostname))
  return Option.match(others, {
    onNone: () => Either.void,
    onSome: ({ origin }) => refused(`PUBLIC_URL is ${origin}`, "leave PUBLIC_URL unset")
  })
}

const inUrl = (host: string): string => (host.includes(":") && !host.startsWith("[") ? `[${host}]` : host)

/** A client cannot connect to a wildcard address. */
const reachable = (host: string): string => ({ "0.0.0.0": "127.0.0.1", "::": "::1" })[host] ?? host

/**
 * The server answers for its public URL, its listening address, loopback names and ALLOWED_HOSTS. A server that listens on
 * all addresses accepts every IP address, since it cannot know its own. An attacker can redirect names, not addresses.
 */
const ownHosts = ({
  allowedHosts,
  host,
  publicUrl
}: Pick<Config.Config.Success<typeof raw>, "allowedHosts" | "host" | "publicUrl">): ServerSettings["isOwnHost"] => {
  const names = new Set([
    ...Option.toArray(Option.map(publicUrl, ({ hostname }) => hostname)),
    ...[host, ...allowedHosts].map((name) => inUrl(name.trim()).toLowerCase())
  ])
  const acceptsAddresses = reachable(host) !== host
  return (hostname) =>
    names.has(hostname) || loopback.test(hostname) || (acceptsAddresses && /^(\[.*\]|\d+(\.\d+){3})$/.test(hostname))
}

/** Reads the environment. Fails with every fault of it before anything starts. */
export const layer: Layer.Layer<Settings, ConfigError.ConfigError> = Layer.effect(
  Settings,
  Effect.gen(function* () {
    const settings = yield* raw
    yield* guarded(settings)
    // Each worker counts by itself, and connections are distributed evenly. 0 stays: no limit.
    const perWorker = (limit: number) => Math.ceil(limit / settings.workers)
    const localUrl = new URL(`http://${inUrl(reachable(settings.host))}:${settings.port}`)
    return {
      ...settings,
      publicUrl: Option.getOrElse(settings.publicUrl, () => localUrl),
      isOwnHost: ownHosts(settings),
      trustProxy: settings.trustProxy === "on",
      // All connections then come from the address of the proxy.
      maxConnectionsPerAddress: settings.trustProxy === "on" ? 0 : perWorker(settings.maxConnectionsPerAddress),
      connector: { ...settings.connector, rateLimit: perWorker(settings.connector.rateLimit) },
      localUrl,
      localRunner: settings.localRunner === "on",
      livesAllowPrivateAddresses: settings.livesAllowPrivateAddresses === "on",
      storyboards: settings.storyboards === "on"
    }
  })
)

/** The settings of the connector, from the same environment. */
export const connector: Layer.Layer<ConnectorConfig.ConnectorConfig, never, Settings> = Layer.effect(
  ConnectorConfig.ConnectorConfig,
  Effect.map(Settings, ({ connector, publicUrl }) => ({ ...connector, publicUrl }))
)
