import { host, inUrl, parsed, port, publicUrl, reachable } from "@runner-connector/cli/installation"
import { TrustedProxies } from "@runner-connector/http-h3"
import { Config, ConfigError, Either, Option, type Redacted } from "effect"

/** Names and addresses of this machine that others cannot reach. */
const loopback = /^((.+\.)?localhost\.?|127(\.\d{1,3}){3}|\[?::1\]?)$/

const trustedProxies = Config.map(
  parsed(
    "TRUST_PROXY",
    "Default: none. The proxies whose `X-Forwarded-For` tells the address of a client: their number in a row before this server, such as `1`, or their networks, such as `10.0.0.0/8,fd00::/8`. Give a number only when every client comes through all of them.",
    TrustedProxies.parse
  ),
  Option.getOrElse(() => TrustedProxies.none)
)

/** The variables about addresses of the server and its proxies. */
export const addresses = Config.all({
  host,
  port,
  publicUrl,
  allowedHosts: Config.withDefault(
    Config.withDescription(
      Config.array(Config.string(), "ALLOWED_HOSTS"),
      "More host names for the server, such as `server,media.internal`. Requests that change something are refused for all others but `PUBLIC_URL`, the listening address and loopback names."
    ),
    []
  ),
  trustedProxies
})

/** The variables about addresses. */
export type Addresses = Config.Config.Success<typeof addresses>

/** Without a token, everybody who can connect to the server may upload and delete videos, and start lives. */
export const guarded = (
  { host, publicUrl }: Pick<Addresses, "host" | "publicUrl">,
  adminToken: Option.Option<Redacted.Redacted<string>>
): Either.Either<void, ConfigError.ConfigError> => {
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

/**
 * The server answers for its public URL, its listening address, loopback names and ALLOWED_HOSTS. A server that listens on
 * all addresses accepts every IP address, since it cannot know its own. An attacker can redirect names, not addresses.
 */
export const ownHosts = ({
  allowedHosts,
  host,
  publicUrl
}: Pick<Addresses, "allowedHosts" | "host" | "publicUrl">): ((hostname: string) => boolean) => {
  const names = new Set([
    ...Option.toArray(Option.map(publicUrl, ({ hostname }) => hostname)),
    ...[host, ...allowedHosts].map((name) => inUrl(name.trim()).toLowerCase())
  ])
  const acceptsAddresses = reachable(host) !== host
  return (hostname) =>
    names.has(hostname) || loopback.test(hostname) || (acceptsAddresses && /^(\[.*\]|\d+(\.\d+){3})$/.test(hostname))
}
