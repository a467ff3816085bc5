import { Context, Effect, Layer, Option, type Redacted, Schema } from "effect"
import type { PersistenceError } from "./PersistenceError.ts"
import { hashToken } from "./Tokens.ts"

/** The request needs a bearer token. It has none or a wrong one. */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()("Unauthorized", {}) {
  override get message(): string {
    return "This call requires the administrator token, as `Authorization: Bearer …`"
  }
}

/** The caller is known but is not an administrator, or the host has no administrators. */
export class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", {}) {
  override get message(): string {
    return "You are not an administrator of this server"
  }
}

/** Decides who administers runners, jobs and videos over HTTP. */
export interface Access {
  /**
   * Succeeds for administrators. Receives the bearer token, if there is one, and the request, in which hosts find the cookie
   * of their own accounts. Sign-in passes the token of the form without a request.
   */
  readonly check: (
    bearer: Option.Option<Redacted.Redacted<string>>,
    request?: Request
  ) => Effect.Effect<void, Unauthorized | Forbidden | PersistenceError>
}

/** Denies everybody by default. Hosts provide `layer` or `layerToken`. */
export class AdminAccess extends Context.Reference<AdminAccess>()("@runner-connector/core/AdminAccess", {
  defaultValue: (): Access => ({ check: () => new Forbidden() })
}) {}

/** Asks the host, which checks the bearer token as for its own routes. */
export const layer = (access: Access): Layer.Layer<AdminAccess> => Layer.succeed(AdminAccess, access)

/** Compares two hashes of the same length in constant time. */
const isEqual = (one: string, other: string): boolean => {
  let difference = one.length ^ other.length
  for (let at = 0; at < one.length; at += 1) difference |= one.charCodeAt(at) ^ other.charCodeAt(at)
  return difference === 0
}

/** Accepts one token. The time of the comparison reveals nothing about it. */
export const ofToken = (token: Redacted.Redacted<string>): Effect.Effect<Access> =>
  Effect.map(hashToken(token), (expected) => ({
    check: Option.match({
      onNone: () => new Unauthorized(),
      onSome: (given) =>
        Effect.flatMap(hashToken(given), (hash) => (isEqual(hash, expected) ? Effect.void : new Unauthorized()))
    })
  }))

/** The access of `ofToken`. */
export const layerToken = (token: Redacted.Redacted<string>): Layer.Layer<AdminAccess> =>
  Layer.effect(AdminAccess, ofToken(token))
