import { Effect } from "effect"

/** A new v4 UUID. */
export const randomUuid: Effect.Effect<string> = Effect.sync(() => crypto.randomUUID())

/** Lowercase hex digits, at most 32. */
export const randomHex = (length: number): Effect.Effect<string> =>
  Effect.map(randomUuid, (uuid) => uuid.replaceAll("-", "").slice(0, length))
