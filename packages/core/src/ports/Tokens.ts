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

/** The form in which a token is stored and looked up. Of job tokens see `hashJobToken`. */
export const hashToken = (token: Redacted.Redacted<string>): Effect.Effect<TokenHash> =>
  Effect.promise(async () => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(Redacted.value(token)))
    return TokenHash.make(Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join(""))
  })

/**
 * What lets a runner bring files for one try without showing the token of that try. It is made from the token, and the
 * token cannot be made from it.
 */
export const uploadKeyOf = (jobToken: Redacted.Redacted<string>): Effect.Effect<Redacted.Redacted<string>> =>
  Effect.map(hashToken(jobToken), (hash) => Redacted.make<string>(hash))

/** The form in which a job token is stored: the hash of its upload key, so that either of the two finds the try. */
export const hashJobToken = (jobToken: Redacted.Redacted<string>): Effect.Effect<TokenHash> =>
  Effect.flatMap(uploadKeyOf(jobToken), hashToken)
