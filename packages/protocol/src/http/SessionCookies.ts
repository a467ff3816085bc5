import { type ConnectorConfig, type Persistence, SessionStore } from "@runner-connector/core"
import { Clock, DateTime, Effect, Option } from "effect"
import { type Session, Sessions } from "./Sessions.ts"

/** The sessions of browsers, by their cookies. */
export interface SessionCookies {
  /** The session of the request's cookie. None when it is forged, has expired or was ended. */
  readonly find: (request: Request) => Effect.Effect<Option.Option<Session>, Persistence.PersistenceError>
  /** Opens a session, and returns the header that sets its cookie. None where nobody can sign in. */
  readonly open: Option.Option<Effect.Effect<Session & { readonly header: string }>>
  /** Ends the request's session on all servers, and returns the header that removes the cookie. */
  readonly end: (request: Request) => Effect.Effect<string, Persistence.PersistenceError>
}

type Site = Pick<ConnectorConfig.ConnectorSettings, "publicUrl">

const NAME = "runner-connector-session"

const isSecure = ({ publicUrl }: Site): boolean => publicUrl.protocol === "https:"

/**
 * The name of the cookie. Browsers take one with the prefix `__Host-` only from this host and over HTTPS, so that no other
 * host of the domain can set it. The public URL is the root of a host, also where the console is below a path.
 */
export const nameOf = (site: Site): string => (isSecure(site) ? `__Host-${NAME}` : NAME)

const valueOf = (name: string, request: Request): Option.Option<string> => {
  for (const part of (request.headers.get("cookie") ?? "").split(";")) {
    const [found, value] = part.trim().split("=", 2)
    if (found === name && value !== undefined) return Option.some(value)
  }
  return Option.none()
}

/** Scripts and other sites do not get the cookie. The routes of runners and of the console have only the root in common. */
const headerOf = (site: Site, value: string, seconds: number): string =>
  `${nameOf(site)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${isSecure(site) ? "; Secure" : ""}`

/** The cookies of the site. Sessions that were ended are looked up in the store for each request. */
export const make = (site: Site): Effect.Effect<SessionCookies, never, SessionStore.SessionStore> =>
  Effect.gen(function* () {
    const sessions = yield* Sessions
    const { isRevoked, revoke } = yield* SessionStore.SessionStore
    const name = nameOf(site)

    const find: SessionCookies["find"] = (request) =>
      Effect.gen(function* () {
        const cookie = Option.all([sessions, valueOf(name, request)])
        if (Option.isNone(cookie)) return Option.none()
        const [{ verify }, value] = cookie.value
        const session = yield* verify(value)
        return Option.isSome(session) && (yield* isRevoked(session.value.id)) ? Option.none() : session
      })

    return {
      find,
      open: Option.map(sessions, ({ open }) =>
        Effect.gen(function* () {
          const { value, ...session } = yield* open
          const seconds = Math.floor((session.expiresAt - (yield* Clock.currentTimeMillis)) / 1000)
          return { ...session, header: headerOf(site, value, seconds) }
        })
      ),
      end: (request) =>
        Effect.gen(function* () {
          const session = yield* find(request)
          if (Option.isSome(session)) yield* revoke(session.value.id, DateTime.unsafeMake(session.value.expiresAt))
          return headerOf(site, "", 0)
        })
    }
  })
