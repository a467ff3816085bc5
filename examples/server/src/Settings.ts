import { ConnectorConfig } from "@runner-connector/core"
import type { LocalRunner } from "@runner-connector/local-runner"
import { Config, ConfigError, Context, Effect, Either, Layer, Option, Redacted } from "effect"
import { transcription } from "./TranscriptionCommand.ts"

/** What the operator has set in the environment. */
export interface ServerSettings {
  readonly host: string
  readonly port: number
  /** The origin that runners use. */
  readonly publicUrl: URL
  /** Whether clients may use this host name for the server: lower case, IPv6 addresses in brackets. */
  readonly isOwnHost: (hostname: string) => boolean
  /** Where this machine itself reaches the server. */
  readonly localUrl: URL
  /** Holds the embedded database, the stored videos and the secrets made on the first start. */
  readonly dataDir: string
  /** A PostgreSQL to use instead of the embedded one. */
  readonly databaseUrl: Option.Option<Redacted.Redacted<string>>
  readonly localRunner: boolean
  /** How many jobs the local runner takes at once. */
  readonly localRunnerConcurrency: Option.Option<number>
  /** The program by which the local runner writes down what is said. */
  readonly localRunnerTranscription: Option.Option<LocalRunner.Transcriber>
  /** Set by the operator. Uploads and every other change of videos then require it, too. */
  readonly adminToken: Option.Option<Redacted.Redacted<string>>
  /** Whether a storyboard is made of every new video. */
  readonly storyboards: boolean
  /** Whether runners and the server may be sent to private addresses, by lives and by the `videoUrl` of captions. */
  readonly livesAllowPrivateAddresses: boolean
  /** Bytes of the largest video that is taken. */
  readonly maxUploadSize: number
  /** Connections that one address may open at once; 0: no limit. */
  readonly maxConnectionsPerAddress: number
  /** What the connector itself reads from the environment. */
  readonly connector: Config.Config.Success<typeof ConnectorConfig.config>
}

export class Settings extends Context.Tag("@runner-connector/example-server/Settings")<Settings, ServerSettings>() {}

/** Names and addresses of this machine that others cannot reach. */
const loopback = /^((.+\.)?localhost\.?|127(\.\d{1,3}){3}|\[?::1\]?)$/

const onOff = Config.literal("on", "off")

const optional = <A>(config: Config.Config<A>): Config.Config<Option.Option<A>> => Config.option(config)

/** An empty variable counts as unset, as compose files and shells leave such behind. */
const present = <A extends string>(config: Config.Config<A>): Config.Config<Option.Option<A>> =>
  Config.map(
    optional(config),
    Option.filter((value) => value !== "")
  )

const positive = (name: string): Config.Config<number> =>
  Config.integer(name).pipe(
    Config.validate({ message: "expected a whole number above 0", validation: (number) => number > 0 })
  )

const secret = (name: string): Config.Config<Option.Option<Redacted.Redacted<string>>> =>
  Config.map(
    present(Config.string(name)),
    Option.map((value) => Redacted.make(value))
  )

/** It is sent in a header, behind a blank. */
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

const raw = Config.all({
  host: Config.withDefault(Config.string("HOST"), "127.0.0.1"),
  port: Config.withDefault(Config.port("PORT"), 9000),
  publicUrl,
  allowedHosts: Config.withDefault(Config.array(Config.string(), "ALLOWED_HOSTS"), []),
  dataDir: Config.withDefault(Config.nonEmptyString("DATA_DIR"), ".data"),
  databaseUrl: secret("DATABASE_URL"),
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

/** An address that means all of them is none to connect to. */
const reachable = (host: string): string => ({ "0.0.0.0": "127.0.0.1", "::": "::1" })[host] ?? host

/**
 * The server answers under its public URL, its listening address, loopback names and the names that the operator adds. A
 * server that listens on all addresses cannot know them, so it accepts every address: only names can be made to point here.
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
    const localUrl = new URL(`http://${inUrl(reachable(settings.host))}:${settings.port}`)
    return {
      ...settings,
      publicUrl: Option.getOrElse(settings.publicUrl, () => localUrl),
      isOwnHost: ownHosts(settings),
      localUrl,
      localRunner: settings.localRunner === "on",
      livesAllowPrivateAddresses: settings.livesAllowPrivateAddresses === "on",
      storyboards: settings.storyboards === "on"
    }
  })
)

/** The connector's own settings, from the same environment. */
export const connector: Layer.Layer<ConnectorConfig.ConnectorConfig, never, Settings> = Layer.effect(
  ConnectorConfig.ConnectorConfig,
  Effect.map(Settings, ({ connector, publicUrl }) => ({ ...connector, publicUrl }))
)
