import { Context, Effect, Redacted } from "effect"
import { TokenHash } from "../domain/Ids.ts"

/** Registration, runner and job tokens begin with what they are, as PeerTube's do. */
export type TokenPrefix = "ptrrt-" | "ptrt-" | "ptrjt-"

/** Where new tokens and UUIDs come from. The default is the platform's cryptographic randomness; tests can fix it. */
export class Identifiers extends Context.Reference<Identifiers>()("@runner-connector/core/Identifiers", {
  defaultValue: (): { readonly uuid: Effect.Effect<string> } => ({ uuid: Effect.sync(() => crypto.randomUUID()) })
}) {}

/** A new secret. It is shown to its owner once and never stored. */
export const makeToken = (prefix: TokenPrefix): Effect.Effect<Redacted.Redacted<string>> =>
  Effect.map(
    Effect.flatMap(Identifiers, (ids) => ids.uuid),
    (uuid) => Redacted.make(prefix + uuid)
  )

/** The form in which a token is stored and looked up. */
export const hashToken = (token: Redacted.Redacted<string>): Effect.Effect<TokenHash> =>
  Effect.promise(async () => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(Redacted.value(token)))
    return TokenHash.make(Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join(""))
  })
