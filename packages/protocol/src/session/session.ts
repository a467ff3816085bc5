import { ConnectorConfig } from "@runner-connector/core"
import { DateTime, Effect, Option, Schema } from "effect"
import { passes, unlessRefused } from "../http/AdminGuard.ts"
import { endpoint } from "../http/Endpoint.ts"
import { Moment, Token } from "../http/fields.ts"
import { documentOf, type Handler, respondWith, respondWithDocument } from "../http/Handler.ts"
import { CrossOriginRequest, UnknownPath } from "../http/ProtocolErrors.ts"
import { Reception } from "../http/Reception.ts"
import { isCrossOrigin } from "../http/RequestOrigin.ts"
import type { Session } from "../http/Sessions.ts"

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
  summary: "Sign out; ends the session on all servers and removes the cookie",
  status: 204,
  problems: [403]
})

const expiryOf = ({ expiresAt }: Session): string => DateTime.formatIso(DateTime.unsafeMake(expiresAt))

/** Answers `getSession`. */
export const handleGetSession: Effect.Effect<Handler, never, Reception> = Effect.gen(function* () {
  const { admins, managers, sessions } = yield* Reception
  return yield* respondWithDocument(getSession, {
    run: Effect.fnUntraced(function* ({ ip, request }) {
      const identified = yield* unlessRefused(admins.identify(request, ip))
      const administrator = Option.isSome(identified)
      return {
        administrator,
        // The same guard would look the session up again, and count a wrong token twice.
        mayManageVideos: administrator || (managers !== admins && (yield* passes(managers, request, ip))),
        signIn: Option.isSome(sessions.open),
        expiresAt: Option.getOrNull(Option.map(Option.flatten(identified), expiryOf))
      }
    })
  })
})

type Needs = Reception | ConnectorConfig.ConnectorConfig

/** Answers `signIn`. */
export const handleSignIn: Effect.Effect<Handler, never, Needs> = Effect.gen(function* () {
  const { admins, sessions } = yield* Reception
  const own = yield* ConnectorConfig.ConnectorConfig
  return yield* respondWith(signIn, {
    run: Effect.fnUntraced(function* ({ body, ip, request }) {
      if (Option.isNone(sessions.open)) return yield* new UnknownPath()
      // Otherwise another page could sign its visitor in.
      if (isCrossOrigin(request, own)) return yield* new CrossOriginRequest()
      yield* admins.checkToken(body.token, ip)
      const session = yield* sessions.open.value
      const document = { administrator: true, mayManageVideos: true, signIn: true, expiresAt: expiryOf(session) }
      const response = documentOf(signIn)(document)
      response.headers.set("set-cookie", session.header)
      return response
    })
  })
})

/** Answers `signOut`. Fails when the end of the session cannot be recorded, because its cookie would still be accepted. */
export const handleSignOut: Effect.Effect<Handler, never, Needs> = Effect.gen(function* () {
  const { sessions } = yield* Reception
  const own = yield* ConnectorConfig.ConnectorConfig
  return yield* respondWith(signOut, {
    run: Effect.fnUntraced(function* ({ request }) {
      if (isCrossOrigin(request, own)) return yield* new CrossOriginRequest()
      const header = yield* sessions.end(request)
      const response = documentOf(signOut)(undefined)
      response.headers.set("set-cookie", header)
      return response
    })
  })
})
