import { DateTime, Effect } from "effect"
import { SessionStore } from "../SessionStore.ts"

/** Ended sessions in memory. */
export const make = (): SessionStore["Type"] => {
  const ended = new Map<string, DateTime.Utc>()
  return SessionStore.of({
    revoke: (id, expiresAt) =>
      Effect.map(DateTime.now, (now) => {
        for (const [other, moment] of ended) if (DateTime.lessThan(moment, now)) ended.delete(other)
        ended.set(id, expiresAt)
      }),
    isRevoked: (id) => Effect.sync(() => ended.has(id))
  })
}
