import type { AdminAccess, ConnectorConfig, Persistence } from "@runner-connector/core"
import { Cause, Clock, Duration, Effect, Exit, Option } from "effect"
import { bearerOf } from "./bearerOf.ts"
import { TooManyRequests } from "./ProtocolErrors.ts"
import { makeWindows, secondsLeft } from "./windows.ts"

/** Why a client may not administer. */
export type AdminRefusal =
  | AdminAccess.Unauthorized
  | AdminAccess.Forbidden
  | TooManyRequests
  | Persistence.PersistenceError

/** Authenticates administrators. One address may guess tokens as often as it may send unauthenticated requests. */
export interface AdminGuard {
  /** Passes for administrators. Beyond the limit it refuses every token, so that a right guess does not show. */
  readonly check: (request: Request, clientAddress: Option.Option<string>) => Effect.Effect<void, AdminRefusal>
}

const isWrongToken = (exit: Exit.Exit<void, AdminRefusal>): boolean =>
  Exit.isFailure(exit) && Option.exists(Cause.failureOption(exit.cause), ({ _tag }) => _tag === "Unauthorized")

/** Wrong tokens are counted in windows of their own: other requests of the address lock no administrator out. */
export const make = (
  { rateLimit, rateWindow }: Pick<ConnectorConfig.ConnectorSettings, "rateLimit" | "rateWindow">,
  access: AdminAccess.Access
): AdminGuard => {
  const length = Duration.toMillis(rateWindow)
  const windowOf = makeWindows(length, () => ({ guesses: 0 }))

  const limited = (check: Effect.Effect<void, AdminRefusal>, address: string) =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const window = windowOf(address, now)
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

  return {
    check: (request, clientAddress) => {
      const bearer = bearerOf(request)
      const check = access.check(bearer)
      // A request without a token guesses nothing.
      if (rateLimit === 0 || Option.isNone(bearer) || Option.isNone(clientAddress)) return check
      return limited(check, clientAddress.value)
    }
  }
}
