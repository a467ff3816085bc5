import { addressGroup } from "./addressGroup.ts"

/** The counts of one address since `start`. */
export interface Window<A> {
  /** Milliseconds. */
  readonly start: number
  readonly counts: A
}

/** The number of addresses that are counted at once. Beyond that the oldest windows are dropped. */
const MAX_ADDRESSES = 10_000

/**
 * Makes a function that gives the current window of an address, or of the IPv6 network it belongs to. A window of `length`
 * milliseconds starts with `empty`.
 */
export const makeWindows = <A>(length: number, empty: () => A): ((address: string, now: number) => Window<A>) => {
  const windows = new Map<string, Window<A>>()
  const dropOld = (now: number): void => {
    for (const [address, { start }] of windows) {
      if (windows.size < MAX_ADDRESSES && now - start < length) return
      windows.delete(address)
    }
  }
  return (clientAddress, now) => {
    const address = addressGroup(clientAddress)
    const current = windows.get(address)
    if (current !== undefined && now - current.start < length) return current
    windows.delete(address)
    dropOld(now)
    const fresh: Window<A> = { start: now, counts: empty() }
    windows.set(address, fresh)
    return fresh
  }
}

/** Seconds until the window ends. */
export const secondsLeft = ({ start }: Window<unknown>, length: number, now: number): number =>
  Math.ceil((start + length - now) / 1000)
