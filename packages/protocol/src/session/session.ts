import { ConnectorConfig } from "@runner-connector/core"
import { DateTime, Effect, Option, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { Moment, Token } from "../http/fields.ts"
import { documentOf, type Handler, respondWith, respondWithDocument } from "../http/Handler.ts"
import { CrossOriginRequest, UnknownPath } from "../http/ProtocolErrors.ts"
import { Reception } from "../http/Reception.ts"
import { isCrossOrigin } from "../http/RequestOrigin.ts"
import { type Session, Sessions, sessionOf, setCookie } from "../http/Sessions.ts"

const SessionDocument = Schema.Struct({
  /** The client is an administrator. */
  administrator: Schema.Boolean,
  /** The client may list and change videos. */
  mayManageVideos: Schema.Boolean,
  /** Whether `signIn` exists. Without it the host has accounts of its own. */
  signIn: Schema.Boolean,
  /** The end of the session. Null without a session. */
  expiresAt: Schema.NullOr(Moment)
}).annotations({ identifier: "Session" })

const record = { path: "/session", limited: false } as const

export const getSession = endpoint({
  ...record,
  name: "getSession",
  method: "GET",
  summary: "Show what this client may do",
  status: 200,
  response: SessionDocument,
  problems: [429]
})

export const signIn = endpoint({
  ...record,
  name: "signIn",
  method: "POST",
  summary: "Sign in with the administrator's token; sets an HttpOnly cookie",
  body: "strictJson",
  request: Schema.Struct({ token: Token }),
  status: 200,
  response: SessionDocument,
  problems: [401, 403, 404, 429]
})

export const signOut = endpoint({
  ...record,
  name: "signOut",
  method: "DELETE",
  summary: "Sign out; removes the cookie",
  status: 204,
  problems: [403]
})

const expiryOf = ({ expiresAt }: Session): string => DateTime.formatIso(DateTime.unsafeMake(expiresAt))

/** Answers `getSession`. */
export const handleGetSession: Effect.Effect<Handler, never, Reception> = Effect.gen(function* () {
  const { admins, managers } = yield* Reception
  const sessions = yield* Sessions
  return yield* respondWithDocument(getSession, {
    run: Effect.fnUntraced(function* ({ ip, request }) {
      const passes = (guard: typeof managers) =>
        guard
          .check(request, ip)
          .pipe(
            Effect.as(true),
            Effect.catchTags({ Unauthorized: () => Effect.succeed(false), Forbidden: () => Effect.succeed(false) })
          )
      const session = yield* sessionOf(sessions, request)
      return {
        administrator: yield* passes(admins),
        mayManageVideos: yield* passes(managers),
        signIn: Option.isSome(sessions),
        expiresAt: Option.getOrNull(Option.map(session, expiryOf))
      }
    })
  })
})

/** Cookies go only over HTTPS where browsers use it. */
const makeCookies = Effect.map(ConnectorConfig.ConnectorConfig, (own) => ({
  own,
  cookie: (value: string, seconds: number) =>
    setCookie(value, { seconds, isSecure: own.publicUrl.protocol === "https:" })
}))

type Needs = Reception | ConnectorConfig.ConnectorConfig

/** Answers `signIn`. */
export const handleSignIn: Effect.Effect<Handler, never, Needs> = Effect.gen(function* () {
  const { admins } = yield* Reception
  const sessions = yield* Sessions
  const { cookie, own } = yield* makeCookies
  return yield* respondWith(signIn, {
    run: Effect.fnUntraced(function* ({ body, ip, request }) {
      if (Option.isNone(sessions)) return yield* new UnknownPath()
      // Otherwise another page could sign its visitor in.
      if (isCrossOrigin(request, own)) return yield* new CrossOriginRequest()
      yield* admins.checkToken(body.token, ip)
      const { value, ...session } = yield* sessions.value.open
      const document = { administrator: true, mayManageVideos: true, signIn: true, expiresAt: expiryOf(session) }
      const response = documentOf(signIn)(document)
      const now = DateTime.toEpochMillis(yield* DateTime.now)
      response.headers.set("set-cookie", cookie(value, Math.floor((session.expiresAt - now) / 1000)))
      return response
    })
  })
})

/** Answers `signOut`. */
export const handleSignOut: Effect.Effect<Handler, never, Needs> = Effect.gen(function* () {
  const { cookie, own } = yield* makeCookies
  return yield* respondWith(signOut, {
    run: Effect.fnUntraced(function* ({ request }) {
      if (isCrossOrigin(request, own)) return yield* new CrossOriginRequest()
      const response = documentOf(signOut)(undefined)
      response.headers.set("set-cookie", cookie("", 0))
      return response
    })
  })
})
