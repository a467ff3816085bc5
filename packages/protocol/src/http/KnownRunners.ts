import type { Ids } from "@runner-connector/core"

/** Tokens that are remembered at once. Beyond that the oldest is forgotten and looked up again when needed. */
const MAX_TOKENS = 50_000

/** The hashes of tokens that were recently found to be valid. */
export interface KnownRunners {
  readonly has: (token: Ids.TokenHash, now: number) => boolean
  readonly add: (token: Ids.TokenHash, now: number) => void
  readonly remove: (token: Ids.TokenHash) => void
}

/** Remembers each token for `lifetime` milliseconds. */
export const make = (lifetime: number): KnownRunners => {
  const addedAt = new Map<Ids.TokenHash, number>()
  const isFresh = (at: number | undefined, now: number): boolean => at !== undefined && now - at < lifetime

  const forgetOld = (now: number): void => {
    for (const [token, at] of addedAt) {
      if (addedAt.size < MAX_TOKENS && isFresh(at, now)) return
      addedAt.delete(token)
    }
  }

  return {
    has: (token, now) => isFresh(addedAt.get(token), now),
    add: (token, now) => {
      addedAt.delete(token)
      forgetOld(now)
      addedAt.set(token, now)
    },
    remove: (token) => void addedAt.delete(token)
  }
}
