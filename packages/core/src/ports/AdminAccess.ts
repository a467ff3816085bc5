import { Context, Effect, Layer, Option, type Redacted, Schema } from "effect"
import type { PersistenceError } from "./PersistenceError.ts"
import { hashToken } from "./Tokens.ts"

/** The request needs a bearer token, and has none or a wrong one. */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()("Unauthorized", {}) {
  override get message(): string {
    return "This needs the administrator's token, as `Authorization: Bearer …`"
  }
}

/** Whoever asks is known, and may not administer; or nobody may. */
export class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", {}) {
  override get message(): string {
    return "You may not administer this server"
  }
}

/** Decides who administers runners and jobs over HTTP. */
export interface Access {
  /** Passes for administrators. Given the bearer token of the request, if it has one. */
  readonly check: (
    bearer: Option.Option<Redacted.Redacted<string>>
  ) => Effect.Effect<void, Unauthorized | Forbidden | PersistenceError>
}

/** The application's word on who administers; nobody does unless it provides one, by `layer` or `layerToken`. */
export class AdminAccess extends Context.Reference<AdminAccess>()("@runner-connector/core/AdminAccess", {
  defaultValue: (): Access => ({ check: () => new Forbidden() })
}) {}

/** Asks the application: it looks up the bearer token as it does for its own routes. */
export const layer = (access: Access): Layer.Layer<AdminAccess> => Layer.succeed(AdminAccess, access)

/** Lets in whoever has this token. Hashes are compared, so that the time it takes tells nothing of the token. */
export const layerToken = (token: Redacted.Redacted<string>): Layer.Layer<AdminAccess> =>
  Layer.effect(
    AdminAccess,
    Effect.map(hashToken(token), (expected) => ({
      check: Option.match({
        onNone: () => new Unauthorized(),
        onSome: (given) =>
          Effect.flatMap(hashToken(given), (hash) => (hash === expected ? Effect.void : new Unauthorized()))
      })
    }))
  )
