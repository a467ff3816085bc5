import { type LookupAddress, lookup } from "node:dns"
import { isIP, type LookupFunction } from "node:net"
import { isPrivate } from "./PrivateAddresses.ts"

/** The address of the endpoint belongs to this machine, a local network or a reserved range. */
export class PrivateAddress extends Error {
  constructor() {
    super(
      "The endpoint has a private, loopback or link-local address. The server connects to public addresses only, unless WEBHOOKS_ALLOW_PRIVATE_ADDRESSES is on"
    )
    this.name = "PrivateAddress"
  }
}

/**
 * Resolves a host for a connection, and fails when one of its addresses is private. The connection uses the addresses
 * that were checked, so a DNS server cannot change its answer in between.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found: ReadonlyArray<LookupAddress> = []) => {
    const [first] = found
    if (error !== null) return callback(error, "")
    if (first === undefined || found.some(({ address }) => isPrivate(address)))
      return callback(new PrivateAddress(), "")
    return options.all === true ? callback(null, [...found]) : callback(null, first.address, first.family)
  })
}

/** Node does not look up a host that is an address itself. */
export const isPrivateHost = (hostname: string): boolean => {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1")
  return isIP(bare) !== 0 && isPrivate(bare)
}
