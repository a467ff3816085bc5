import { Context, Effect, Redacted } from "effect"
import { TokenHash } from "../domain/Ids.ts"
import { sha256 } from "../domain/sha256.ts"

/** Registration, runner and job tokens have the prefixes of PeerTube. */
export type TokenPrefix = "ptrrt-" | "ptrt-" | "ptrjt-"

/** The source of new tokens and UUIDs. The default is the platform's cryptographic randomness. Tests can fix it. */
export class Identifiers extends Context.Reference<Identifiers>()("@runner-connector/core/Identifiers", {
  defaultValue: (): { readonly uuid: Effect.Effect<string> } => ({ uuid: Effect.sync(() => crypto.randomUUID()) })
}) {}

/** A new secret. Its owner sees it once. It is never stored. */
export const makeToken = (prefix: TokenPrefix): Effect.Effect<Redacted.Redacted<string>> =>
  Effect.map(
    Effect.flatMap(Identifiers, (ids) => ids.uuid),
    (uuid) => Redacted.make(prefix + uuid)
  )

const encoder = new TextEncoder()

/** `hashToken` of a token in plain text. Its result needs no check, which would cost as much as the hash. */
export const hashTokenText = (text: string): TokenHash =>
  TokenHash.make(sha256(encoder.encode(text)), { disableValidation: true })

/** The form in which a token is stored and found. For job tokens see `hashJobToken`. */
export const hashToken = (token: Redacted.Redacted<string>): Effect.Effect<TokenHash> =>
  Effect.sync(() => hashTokenText(Redacted.value(token)))

/**
 * Authorizes uploads of one attempt without revealing its job token. Derived from the token, which cannot be computed
 * from it.
 */
export const uploadKeyOf = (jobToken: Redacted.Redacted<string>): Effect.Effect<Redacted.Redacted<string>> =>
  Effect.map(hashToken(jobToken), (hash) => Redacted.make<string>(hash))

/** The form in which a job token is stored: the hash of its upload key. Both find the attempt. */
export const hashJobToken = (jobToken: Redacted.Redacted<string>): Effect.Effect<TokenHash> =>
  Effect.sync(() => hashTokenText(hashTokenText(Redacted.value(jobToken))))

/** The last four characters of a token, by which administrators recognise it in lists. */
export const hintOf = (token: Redacted.Redacted<string>): string => Redacted.value(token).slice(-4)
