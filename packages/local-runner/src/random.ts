import { Tokens } from "@runner-connector/core"
import { Effect } from "effect"

/** Returns a new v4 UUID. */
export const randomUuid: Effect.Effect<string> = Effect.flatMap(Tokens.Identifiers, ({ uuid }) => uuid)

/** Returns lowercase hex digits, at most 32. */
export const randomHex = (length: number): Effect.Effect<string> =>
  Effect.map(randomUuid, (uuid) => uuid.replaceAll("-", "").slice(0, length))
