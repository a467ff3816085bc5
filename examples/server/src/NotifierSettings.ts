import { optional, secret } from "@runner-connector/cli/installation"
import { Config, ConfigError, Either, Option, Redacted } from "effect"

type Secret = Redacted.Redacted<string>

/** A Redis that connects the server processes. */
export type RedisSettings =
  | { readonly kind: "single"; readonly url: Secret; readonly prefix: string }
  | {
      readonly kind: "sentinel"
      readonly sentinels: ReadonlyArray<{ readonly host: string; readonly port: number }>
      readonly master: string
      readonly username: Option.Option<string>
      readonly password: Option.Option<Secret>
      readonly sentinelPassword: Option.Option<Secret>
      readonly prefix: string
    }

const refused = (name: string, message: string) => Either.left(ConfigError.InvalidData([name], message))

const url = Config.mapOrFail(
  Config.withDescription(
    secret("REDIS_URL"),
    "Redis, such as `redis://user:password@host:6379`, or `rediss://…` with TLS."
  ),
  (text) =>
    Option.exists(
      text,
      (value) => !/^rediss?:\/\/[^/]/.test(Redacted.value(value)) || !URL.canParse(Redacted.value(value))
    )
      ? refused("REDIS_URL", "expected an address such as redis://user:password@host:6379, or rediss:// with TLS")
      : Either.right(text)
)

const SENTINEL_PORT = 26379

/** `host`, `host:port` or `[IPv6]:port`. */
const sentinelOf = (text: string) => {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/.exec(text.trim()) ?? []
  const host = bracketed ?? plain
  const port = digits === undefined ? SENTINEL_PORT : Number(digits)
  return host === undefined || port < 1 || port > 65_535 ? Option.none() : Option.some({ host, port })
}

const sentinels = Config.mapOrFail(
  optional(
    Config.withDescription(
      Config.string("REDIS_SENTINELS"),
      "Sentinels instead of `REDIS_URL`, such as `sentinel-1:26379,sentinel-2:26379`."
    )
  ),
  (text) => {
    if (Option.isNone(text)) return Either.right([])
    const found = text.value.split(",").map(sentinelOf)
    return found.every(Option.isSome)
      ? Either.right(found.map(({ value }) => value))
      : refused(
          "REDIS_SENTINELS",
          "expected hosts with ports, separated by commas, such as sentinel-1:26379,sentinel-2:26379"
        )
  }
)

const raw = Config.all({
  url,
  sentinels,
  master: optional(
    Config.withDescription(Config.string("REDIS_SENTINEL_MASTER"), "Name of the master that the Sentinels watch.")
  ),
  username: optional(
    Config.withDescription(
      Config.string("REDIS_USERNAME"),
      "User of the master that Sentinel names. With `REDIS_URL` it is part of the URL."
    )
  ),
  password: Config.withDescription(
    secret("REDIS_PASSWORD"),
    "Password of the master that Sentinel names. With `REDIS_URL` it is part of the URL."
  ),
  sentinelPassword: Config.withDescription(secret("REDIS_SENTINEL_PASSWORD"), "Access to the Sentinels."),
  prefix: Config.withDefault(
    Config.withDescription(
      Config.nonEmptyString("REDIS_PREFIX"),
      "Begins the names of the channels. Installations that share a Redis need different ones."
    ),
    "runner-connector"
  )
})

/** None when the server uses no Redis. */
export const redis: Config.Config<Option.Option<RedisSettings>> = Config.mapOrFail(
  raw,
  ({ master, sentinels, url, ...rest }): Either.Either<Option.Option<RedisSettings>, ConfigError.ConfigError> => {
    if (Option.isSome(url) && sentinels.length > 0) {
      return refused("REDIS_SENTINELS", "REDIS_URL names a Redis, and Sentinels name another: set one of both")
    }
    if (sentinels.length > 0) {
      return Option.match(master, {
        onNone: () => refused("REDIS_SENTINEL_MASTER", "expected the name of the master that REDIS_SENTINELS know"),
        onSome: (master) => Either.right(Option.some({ kind: "sentinel", sentinels, master, ...rest }))
      })
    }
    if (Option.isSome(master)) return refused("REDIS_SENTINELS", "expected the Sentinels of REDIS_SENTINEL_MASTER")
    return Either.right(Option.map(url, (url) => ({ kind: "single", url, prefix: rest.prefix })))
  }
)
