import type { AdminAccess, ConnectorConfig, Persistence } from "@runner-connector/core"
import { Cause, Clock, Duration, Effect, Exit, Option, type Redacted } from "effect"
import { bearerOf } from "./bearerOf.ts"
import { CrossOriginRequest, TooManyRequests } from "./ProtocolErrors.ts"
import { isCrossOrigin, type OwnHosts, safeMethods } from "./RequestOrigin.ts"
import type { SessionCookies } from "./SessionCookies.ts"
import type { Session } from "./Sessions.ts"
import { makeWindows, secondsLeft } from "./windows.ts"

/** The errors of a refused administrator. */
export type AdminRefusal =
  | AdminAccess.Unauthorized
  | AdminAccess.Forbidden
  | TooManyRequests
  | CrossOriginRequest
  | Persistence.PersistenceError

/** Authenticates administrators. One address may guess tokens as often as it may send unauthenticated requests. */
export interface AdminGuard {
  /**
   * Passes for administrators, by a bearer token, a session or the accounts of the host. Beyond the limit it refuses every
   * token, so that a right guess does not show. Refuses requests without a token that change something when a page of
   * another origin sends them.
   */
  readonly check: (request: Request, clientAddress: Option.Option<string>) => Effect.Effect<void, AdminRefusal>
  /** Checks as `check` does, and returns the session of the request. None for a token or an account of the host. */
  readonly identify: (
    request: Request,
    clientAddress: Option.Option<string>
  ) => Effect.Effect<Option.Option<Session>, AdminRefusal>
  /** Passes for the token of an administrator. Guesses count as in `check`. */
  readonly checkToken: (
    token: Redacted.Redacted<string>,
    clientAddress: Option.Option<string>
  ) => Effect.Effect<void, AdminRefusal>
}

const isWrongToken = (exit: Exit.Exit<void, AdminRefusal>): boolean =>
  Exit.isFailure(exit) && Option.exists(Cause.failureOption(exit.cause), ({ _tag }) => _tag === "Unauthorized")

type Limit = Pick<ConnectorConfig.ConnectorSettings, "rateLimit" | "rateWindow">

/** Wrong tokens are counted in windows of their own: other requests of the address lock no administrator out. */
const makeLimited = ({ rateLimit, rateWindow }: Limit) => {
  const length = Duration.toMillis(rateWindow)
  const windowOf = makeWindows(length, () => ({ guesses: 0 }))

  return (check: Effect.Effect<void, AdminRefusal>, clientAddress: Option.Option<string>) =>
    Effect.gen(function* () {
      if (rateLimit === 0 || Option.isNone(clientAddress)) return yield* check
      const now = yield* Clock.currentTimeMillis
      const window = windowOf(clientAddress.value, now)
      if (window.counts.guesses >= rateLimit) {
        return yield* new TooManyRequests({ retryAfter: secondsLeft(window, length, now) })
      }
      // Counted before it is checked, so that guesses sent all at once are limited as well.
      window.counts.guesses += 1
      yield* Effect.onExit(check, (exit) =>
        Effect.sync(() => {
          if (!isWrongToken(exit)) window.counts.guesses -= 1
        })
      )
    })
}

/** Refuses changes by pages of other origins. Browsers send cookies with the requests of every page. */
const ofOwnPage = (request: Request, own: Pick<OwnHosts, "publicUrl">): Effect.Effect<void, CrossOriginRequest> =>
  !safeMethods.has(request.method) && isCrossOrigin(request, own) ? new CrossOriginRequest() : Effect.void

/** Passes for everybody, except for changes by pages of other origins. */
export const everybody = (own: Pick<OwnHosts, "publicUrl">): Pick<AdminGuard, "check"> => ({
  check: (request) => ofOwnPage(request, own)
})

type Undecided = Exclude<AdminRefusal, AdminAccess.Unauthorized | AdminAccess.Forbidden>

/** None when the guard refused the client. Fails where the guard cannot tell. */
export const unlessRefused = <A>(checked: Effect.Effect<A, AdminRefusal>): Effect.Effect<Option.Option<A>, Undecided> =>
  checked.pipe(
    Effect.asSome,
    Effect.catchTags({ Unauthorized: () => Effect.succeedNone, Forbidden: () => Effect.succeedNone })
  )

/** Whether the guard lets the client pass. Fails where the guard cannot tell. */
export const passes = (
  guard: Pick<AdminGuard, "check">,
  ...of: Parameters<AdminGuard["check"]>
): Effect.Effect<boolean, Undecided> => Effect.map(unlessRefused(guard.check(...of)), Option.isSome)

/** Guards by the host's access and by sessions. */
export const make = (
  config: Limit & Pick<ConnectorConfig.ConnectorSettings, "publicUrl">,
  access: AdminAccess.Access,
  sessions: Pick<SessionCookies, "find">
): AdminGuard => {
  const limited = makeLimited(config)
  const identify: AdminGuard["identify"] = (request, clientAddress) =>
    Effect.gen(function* () {
      const bearer = bearerOf(request)
      if (Option.isSome(bearer)) {
        yield* limited(access.check(bearer, request), clientAddress)
        return Option.none()
      }
      const session = yield* sessions.find(request)
      // A request without a token guesses nothing.
      if (Option.isNone(session)) yield* access.check(bearer, request)
      yield* ofOwnPage(request, config)
      return session
    })
  return {
    identify,
    check: (...of) => Effect.asVoid(identify(...of)),
    checkToken: (token, clientAddress) => limited(access.check(Option.some(token)), clientAddress)
  }
}
