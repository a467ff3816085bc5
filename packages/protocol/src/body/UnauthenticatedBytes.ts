import { Option } from "effect"
import { addressGroup } from "../http/addressGroup.ts"

/** Bytes of unauthenticated bodies that this process holds at once. */
const MAX_TOTAL = 64 * 1024 ** 2
/** The share of one address, so that one client cannot use up the total. */
const MAX_PER_ADDRESS = MAX_TOTAL / 8

/** The part of the total that one request takes. */
export interface Meter {
  /** Adds bytes. False when the total or the share of the address is used up. */
  readonly take: (bytes: number) => boolean
  /** Gives back everything this request took. */
  readonly release: () => void
}

/** Limits what unauthenticated requests occupy in this process. */
export interface UnauthenticatedBytes {
  readonly meter: (clientAddress: Option.Option<string>) => Meter
}

export const make = (maxTotal: number = MAX_TOTAL, maxPerAddress: number = MAX_PER_ADDRESS): UnauthenticatedBytes => {
  const byAddress = new Map<string, number>()
  let total = 0

  const change = (address: string | undefined, bytes: number): void => {
    total += bytes
    if (address === undefined) return
    const held = (byAddress.get(address) ?? 0) + bytes
    if (held === 0) byAddress.delete(address)
    else byAddress.set(address, held)
  }

  return {
    meter: (clientAddress) => {
      const address = Option.getOrUndefined(Option.map(clientAddress, addressGroup))
      let taken = 0
      return {
        take: (bytes) => {
          const held = address === undefined ? 0 : (byAddress.get(address) ?? 0)
          if (total + bytes > maxTotal || held + bytes > maxPerAddress) return false
          taken += bytes
          change(address, bytes)
          return true
        },
        release: () => {
          if (taken > 0) change(address, -taken)
          taken = 0
        }
      }
    }
  }
}
