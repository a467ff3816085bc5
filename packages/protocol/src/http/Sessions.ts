import { Clock, Context, Duration, Effect, Encoding, Layer, Option, Redacted } from "effect"

/** A signed-in browser. */
export interface Session {
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** Signs administrators in by a cookie. */
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

/** The name of the cookie. */
export const COOKIE = "runner-connector-session"

const algorithm = { name: "HMAC", hash: "SHA-256" } as const

/** Other values that are signed with the same secret begin differently. */
const messageOf = (expiresAt: string) => new TextEncoder().encode(`console-session\n${expiresAt}`)

const importKey = (secret: Redacted.Redacted<string>) =>
  Effect.promise(() =>
    crypto.subtle.importKey("raw", new TextEncoder().encode(Redacted.value(secret)), algorithm, false, [
      "sign",
      "verify"
    ])
  )

const pattern = /^(\d{1,15})\.([\w-]{43})$/

const make = ({ lifetime = LIFETIME, secret }: Options): Effect.Effect<SessionService> =>
  Effect.map(importKey(secret), (key) => ({
    open: Effect.gen(function* () {
      const expiresAt = (yield* Clock.currentTimeMillis) + Duration.toMillis(lifetime)
      const signature = yield* Effect.promise(() => crypto.subtle.sign(algorithm, key, messageOf(String(expiresAt))))
      return { expiresAt, value: `${expiresAt}.${Encoding.encodeBase64Url(new Uint8Array(signature))}` }
    }),
    verify: Effect.fnUntraced(function* (value: string) {
      const [, written = "", encoded = ""] = pattern.exec(value) ?? []
      const signature = Encoding.decodeBase64Url(encoded)
      if (signature._tag === "Left" || Number(written) <= (yield* Clock.currentTimeMillis)) return Option.none()
      const bytes = new Uint8Array(signature.right)
      const isSigned = yield* Effect.promise(() => crypto.subtle.verify(algorithm, key, bytes, messageOf(written)))
      return isSigned ? Option.some({ expiresAt: Number(written) }) : Option.none()
    })
  }))

/** Sessions that are signed with a secret. Nothing is stored. The time is Effect's clock. */
export const layer = (options: Options): Layer.Layer<Sessions> => Layer.effect(Sessions, Effect.asSome(make(options)))

/** The value of the session cookie of a request. */
const cookieOf = (request: Request): Option.Option<string> => {
  for (const part of (request.headers.get("cookie") ?? "").split(";")) {
    const [name, value] = part.trim().split("=", 2)
    if (name === COOKIE && value !== undefined) return Option.some(value)
  }
  return Option.none()
}

/** The session of a request. */
export const sessionOf = (
  sessions: Option.Option<SessionService>,
  request: Request
): Effect.Effect<Option.Option<Session>> =>
  Option.match(Option.all([sessions, cookieOf(request)]), {
    onNone: () => Effect.succeedNone,
    onSome: ([{ verify }, value]) => verify(value)
  })

/** The header that sets the cookie, or removes it with an empty value. Scripts and other sites do not get it. */
export const setCookie = (
  value: string,
  { isSecure, seconds }: { readonly isSecure: boolean; readonly seconds: number }
) => `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${isSecure ? "; Secure" : ""}`
