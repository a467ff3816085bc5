import { lookup } from "node:dns/promises"
import { BlockList, isIPv6 } from "node:net"
import { Errors } from "@runner-connector/core"
import { Effect } from "effect"
import { Settings } from "./Settings.ts"

/** Ranges outside the public internet (RFC 6890), and multicast. */
const v4 = [
  ...(["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"] as const),
  ...(["192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"] as const)
]
const v6 = ["::/127", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "100::/64"]

const hexOf = (address: string): string => {
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number)
  return [a * 256 + b, c * 256 + d].map((part) => part.toString(16)).join(":")
}

const privateAddresses = new BlockList()
for (const range of v4) {
  const [address = "", bits] = range.split("/")
  privateAddresses.addSubnet(address, Number(bits), "ipv4")
  // The same hosts through NAT64 and 6to4. Node compares mapped addresses (::ffff:…) as IPv4.
  privateAddresses.addSubnet(`64:ff9b::${hexOf(address)}`, 96 + Number(bits), "ipv6")
  privateAddresses.addSubnet(`2002:${hexOf(address)}::`, 16 + Number(bits), "ipv6")
}
for (const range of v6) {
  const [address = "", bits] = range.split("/")
  privateAddresses.addSubnet(address, Number(bits), "ipv6")
}

/** Whether the IP address belongs to this machine or a local network, or is reserved. */
export const isPrivate = (address: string): boolean =>
  privateAddresses.check(address, isIPv6(address) ? "ipv6" : "ipv4")

const LOOKUP_TIMEOUT = "5 seconds"

/** Resolves the host, also spellings such as `127.1` and `0x7f000001`, as the connecting program does. */
const addressesOf = (hostname: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.tryPromise(() => lookup(hostname.replace(/^\[(.*)\]$/, "$1"), { all: true })).pipe(
    Effect.map((found) => found.map(({ address }) => address)),
    Effect.timeout(LOOKUP_TIMEOUT),
    Effect.orElseSucceed(() => [])
  )

/**
 * Refuses an address of the request's field `field` to which the server or a runner would connect, unless all addresses of
 * its host are public or the operator allows others. The address is resolved before anything connects. Malformed
 * addresses pass: the use case refuses them.
 */
export const requirePublicHost = (field: string, text: string): Effect.Effect<void, Errors.InvalidRequest, Settings> =>
  Effect.gen(function* () {
    const { livesAllowPrivateAddresses, localUrl, publicUrl } = yield* Settings
    if (livesAllowPrivateAddresses || !URL.canParse(text)) return
    const { hostname, origin } = new URL(text)
    if (hostname === "" || origin === publicUrl.origin || origin === localUrl.origin) return
    const addresses = yield* addressesOf(hostname)
    if (addresses.length === 0) {
      return yield* new Errors.InvalidRequest({ detail: `${field}: the host cannot be resolved` })
    }
    if (addresses.some(isPrivate)) {
      const detail = `${field}: the host has a private, loopback or link-local address. LIVES_ALLOW_PRIVATE_ADDRESSES=on allows those`
      return yield* new Errors.InvalidRequest({ detail })
    }
  })
