import { Tokens } from "@runner-connector/core"
import { Clock, Context, Duration, Effect, Encoding, Layer, Option, Redacted } from "effect"

/** A signed-in browser. */
export interface Session {
  /** A UUID, under which the session can be ended. */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** Signs the cookies of administrators. */
export interface SessionService {
  /** Makes the value of a new cookie. */
  readonly open: Effect.Effect<Session & { readonly value: string }>
  /** The session of a cookie. None when its signature is wrong or it has expired. */
  readonly verify: (value: string) => Effect.Effect<Option.Option<Session>>
}

/** None by default: nobody can sign in, and hosts check their own accounts by `AdminAccess`. */
export class Sessions extends Context.Reference<Sessions>()("@runner-connector/protocol/Sessions", {
  defaultValue: (): Option.Option<SessionService> => Option.none()
}) {}

export interface Options {
  /**
   * Signs the cookies. Servers with the same secret accept each other's sessions, and sessions survive a restart that keeps
   * it. A change of the secret ends every session.
   */
  readonly secret: Redacted.Redacted<string>
  /** How long a session lasts; 12 hours when left out. */
  readonly lifetime?: Duration.DurationInput | undefined
}

const LIFETIME = Duration.hours(12)

const algorithm = { name: "HMAC", hash: "SHA-256" } as const

/** Other values that are signed with the same secret begin differently. */
const messageOf = (signed: string) => new TextEncoder().encode(`console-session\n${signed}`)

const importKey = (secret: Redacted.Redacted<string>) =>
  Effect.promise(() =>
    crypto.subtle.importKey("raw", new TextEncoder().encode(Redacted.value(secret)), algorithm, false, [
      "sign",
      "verify"
    ])
  )

const pattern =
  /^(?<signed>(?<expiry>\d{1,15})\.(?<id>[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}))\.(?<signature>[\w-]{43})$/

const make = ({ lifetime = LIFETIME, secret }: Options): Effect.Effect<SessionService> =>
  Effect.gen(function* () {
    const key = yield* importKey(secret)
    const { uuid } = yield* Tokens.Identifiers
    return {
      open: Effect.gen(function* () {
        const id = yield* uuid
        const expiresAt = (yield* Clock.currentTimeMillis) + Duration.toMillis(lifetime)
        const signed = `${expiresAt}.${id}`
        const signature = yield* Effect.promise(() => crypto.subtle.sign(algorithm, key, messageOf(signed)))
        return { id, expiresAt, value: `${signed}.${Encoding.encodeBase64Url(new Uint8Array(signature))}` }
      }),
      verify: Effect.fnUntraced(function* (value: string) {
        const { expiry, id = "", signature = "", signed = "" } = pattern.exec(value)?.groups ?? {}
        const decoded = Encoding.decodeBase64Url(signature)
        const expiresAt = Number(expiry)
        if (decoded._tag === "Left" || !(expiresAt > (yield* Clock.currentTimeMillis))) return Option.none()
        const bytes = new Uint8Array(decoded.right)
        const isSigned = yield* Effect.promise(() => crypto.subtle.verify(algorithm, key, bytes, messageOf(signed)))
        return isSigned ? Option.some({ id, expiresAt }) : Option.none()
      })
    }
  })

/**
 * Sessions that are signed with a secret. The end of a session before its expiry is recorded in `SessionStore`, so that all
 * servers refuse it. The time is Effect's clock.
 */
export const layer = (options: Options): Layer.Layer<Sessions> => Layer.effect(Sessions, Effect.asSome(make(options)))
