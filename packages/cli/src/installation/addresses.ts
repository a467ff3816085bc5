import { PublicOrigin } from "@runner-connector/core"
import { Config, Option } from "effect"
import { parsed } from "./settingKinds.ts"

/** HOST: the listening address of the server. */
export const host: Config.Config<string> = Config.withDefault(
  Config.withDescription(
    Config.string("HOST"),
    "Listening address. Other addresses than loopback require `ADMIN_TOKEN`."
  ),
  "127.0.0.1"
)

/** PORT: the listening port of the server. */
export const port: Config.Config<number> = Config.withDefault(
  Config.withDescription(Config.port("PORT"), "Listening port."),
  9000
)

/** PUBLIC_URL: the root of a host, where runners call the API. */
export const publicUrl: Config.Config<Option.Option<URL>> = Config.map(
  parsed(
    "PUBLIC_URL",
    "Default: from `HOST` and `PORT`. Origin that runners and players use. Must be the root of a host, without a path. A host other than loopback requires `ADMIN_TOKEN`.",
    PublicOrigin.parsePublicOrigin
  ),
  Option.map((origin) => new URL(origin))
)

/** A host as URLs write it: IPv6 addresses in brackets. */
export const inUrl = (host: string): string => (host.includes(":") && !host.startsWith("[") ? `[${host}]` : host)

/** An address to which clients can connect. They cannot connect to a wildcard address. */
export const reachable = (host: string): string => ({ "0.0.0.0": "127.0.0.1", "::": "::1" })[host] ?? host

/** The server's origin on this machine. */
export const localUrlOf = ({ host, port }: { readonly host: string; readonly port: number }): URL =>
  new URL(`http://${inUrl(reachable(host))}:${port}`)
