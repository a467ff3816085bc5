import { BlockList, isIP } from "node:net"
import { Either } from "effect"
import type { Middleware } from "h3"

/** The proxies whose `X-Forwarded-For` counts. */
export interface TrustedProxies {
  /** Whether a proxy with this address is trusted at this distance from the server. The distance of the peer is 0. */
  readonly trusts: (address: string, distance: number) => boolean
}

/** Trusts no proxy: the client is who has connected. */
export const none: TrustedProxies = { trusts: () => false }

/** Trusts this many proxies in a row before this server. Every client must come through all of them. */
export const hops = (count: number): TrustedProxies => ({ trusts: (_, distance) => distance < count })

const versionOf = (address: string): "ipv4" | "ipv6" | undefined => {
  const version = isIP(address)
  return version === 0 ? undefined : version === 4 ? "ipv4" : "ipv6"
}

const addNetwork = (list: BlockList, network: string): boolean => {
  const [address = "", length] = network.split("/")
  const version = versionOf(address)
  const longest = version === "ipv4" ? 32 : 128
  const bits = length === undefined ? longest : Number(length)
  if (version === undefined || (length !== undefined && !/^\d{1,3}$/.test(length)) || bits > longest) return false
  list.addSubnet(address, bits, version)
  return true
}

/** Trusts all addresses of these networks, such as `10.0.0.0/8` or `fd00::/8`. An address alone is a network of one. */
export const networks = (all: ReadonlyArray<string>): Either.Either<TrustedProxies, string> => {
  const list = new BlockList()
  const malformed = all.find((network) => !addNetwork(list, network))
  if (malformed !== undefined) return Either.left(`${malformed} is no network`)
  return Either.right({
    trusts: (address) => {
      const version = versionOf(address)
      return version !== undefined && list.check(address, version)
    }
  })
}

const MAX_HOPS = 100

/** Parses a setting: the number of proxies, or the networks of the proxies, separated by commas. */
export const parse = (text: string): Either.Either<TrustedProxies, string> => {
  const expected = "expected the number of proxies, such as 1, or their networks, such as 10.0.0.0/8,fd00::/8"
  if (/^\d+$/.test(text)) {
    return Number(text) <= MAX_HOPS ? Either.right(hops(Number(text))) : Either.left(expected)
  }
  const all = text.split(",").map((network) => network.trim())
  return Either.mapLeft(networks(all), () => expected)
}

/** An entry of the header: an address, perhaps with a port, an IPv6 address perhaps in brackets. */
const addressOf = (entry: string): string | undefined => {
  const text = entry.trim()
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text
  const address = bare.replace(/%.*$/, "").replace(/^::ffff:(?=\d+\.)/i, "")
  return isIP(address) === 0 ? undefined : address
}

/** Whether the peer of a connection is a trusted proxy. */
export const isTrusted = (peer: string, proxies: TrustedProxies): boolean => proxies.trusts(addressOf(peer) ?? peer, 0)

/**
 * The address of the client. Begins with the peer of the connection and goes back through `X-Forwarded-For` as long as a
 * trusted proxy vouches for the entry before it. Entries that a client has made up are further back and never reached.
 * Stops at an entry that is no address.
 */
export const clientOf = (peer: string, forwardedFor: string | null, proxies: TrustedProxies): string => {
  const entries = (forwardedFor ?? "").split(",").reverse()
  let client = addressOf(peer) ?? peer
  for (const [distance, entry] of entries.entries()) {
    const before = addressOf(entry)
    if (before === undefined || !proxies.trusts(client, distance)) return client
    client = before
  }
  return client
}

/**
 * Middleware that finds the client's address behind trusted proxies. The runner API, its limits and h3's `getRequestIP` then
 * see that address. Register it before everything else.
 */
export const middleware =
  (proxies: TrustedProxies): Middleware =>
  (event, next) => {
    const peer = event.req.ip
    if (peer !== undefined) {
      const forwardedFor = isTrusted(peer, proxies) ? event.req.headers.get("x-forwarded-for") : null
      event.context.clientAddress = clientOf(peer, forwardedFor, proxies)
    }
    return next()
  }
