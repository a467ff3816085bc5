import { type ConnectorConfig, type Ids, type Runners, Tokens } from "@runner-connector/core"
import { Clock, Duration, Effect, Option, Redacted } from "effect"
import type { AnyEndpoint } from "./Endpoint.ts"
import { isTokenText } from "./fields.ts"
import * as KnownRunners from "./KnownRunners.ts"
import { TooManyRequests } from "./ProtocolErrors.ts"
import { makeWindows, secondsLeft } from "./windows.ts"

/** One request under the limit. It counts until its sender turns out to be a runner, or it succeeds. */
export interface Visit {
  /** Present when the address has used up its limit. Only `admit` lets the request continue then. */
  readonly refusal: Option.Option<TooManyRequests>
  /**
   * Looks at the token in the members of the body. Passes for registered runners, for everybody below the limit, and
   * when the database cannot tell.
   */
  readonly admit: (members: object) => Effect.Effect<void, TooManyRequests>
  /** The request succeeded. It no longer counts, and its token is remembered. */
  readonly succeed: Effect.Effect<void>
  /** The token of the request belongs to no runner. */
  readonly reject: Effect.Effect<void>
}

/** Limits unauthenticated requests of one address in this process. Requests of runners do not count. */
export interface RateLimit {
  readonly count: (
    endpoint: Pick<AnyEndpoint, "admin" | "limited">,
    address: Option.Option<string>
  ) => Effect.Effect<Visit>
}

const unlimited: Visit = {
  refusal: Option.none(),
  admit: () => Effect.void,
  succeed: Effect.void,
  reject: Effect.void
}

/** The requests of one address. */
interface Requests {
  count: number
}

/** The token in the members of a body. */
const tokenIn = (members: object): string | undefined => {
  const { runnerToken } = members as { readonly runnerToken?: unknown }
  return isTokenText(runnerToken) ? runnerToken : undefined
}

/** Decides whether a token belongs to a runner, from memory where possible. */
const makeLookup = (known: KnownRunners.KnownRunners, runners: Pick<Runners.Runners["Type"], "authenticate">) => ({
  isRunner: (token: string, hash: Ids.TokenHash) =>
    Effect.zipRight(runners.authenticate(Redacted.make(token)), Clock.currentTimeMillis).pipe(
      Effect.map((now) => {
        known.add(hash, now)
        return true
      }),
      Effect.catchTag("UnknownRunner", () => Effect.succeed(false)),
      // The request continues to its handler, which reports the outage.
      Effect.catchTag("PersistenceError", () => Effect.succeed(true))
    )
})

type Lookup = ReturnType<typeof makeLookup>

/** Whether one request counts. Repeated calls change the number once. */
const makeCounted = (requests: Requests) => {
  let isCounted = true
  return {
    uncount: (): void => {
      if (isCounted) requests.count -= 1
      isCounted = false
    },
    recount: (): void => {
      if (!isCounted) requests.count += 1
      isCounted = true
    }
  }
}

const makeVisit = (
  requests: Requests,
  refusal: Visit["refusal"],
  known: KnownRunners.KnownRunners,
  lookup: Lookup
): Visit => {
  const { recount, uncount } = makeCounted(requests)
  let seen = Option.none<Ids.TokenHash>()

  const lookUp = (token: string, hash: Ids.TokenHash, tooMany: TooManyRequests) =>
    Effect.flatMap(lookup.isRunner(token, hash), (isRunner) => (isRunner ? Effect.sync(uncount) : tooMany))

  const admitToken = (token: string) =>
    Effect.clockWith((clock): Effect.Effect<void, TooManyRequests> => {
      const hash = Tokens.hashTokenText(token)
      seen = Option.some(hash)
      const isKnown = known.has(hash, clock.unsafeCurrentTimeMillis())
      if (isKnown) uncount()
      return isKnown || Option.isNone(refusal) ? Effect.void : lookUp(token, hash, refusal.value)
    })

  return {
    refusal,
    admit: (members) => {
      const token = tokenIn(members)
      if (token !== undefined) return admitToken(token)
      return Option.getOrElse(refusal, () => Effect.void)
    },
    succeed: Effect.clockWith((clock) => {
      if (Option.isSome(seen)) known.add(seen.value, clock.unsafeCurrentTimeMillis())
      uncount()
      return Effect.void
    }),
    reject: Effect.sync(() => {
      if (Option.isSome(seen)) known.remove(seen.value)
      recount()
    })
  }
}

/** The limit of the settings. */
export const make = (
  { rateLimit, rateWindow }: Pick<ConnectorConfig.ConnectorSettings, "rateLimit" | "rateWindow">,
  runners: Pick<Runners.Runners["Type"], "authenticate">
): RateLimit => {
  const length = Duration.toMillis(rateWindow)
  const windowOf = makeWindows<Requests>(length, () => ({ count: 0 }))
  const known = KnownRunners.make(length)
  const lookup = makeLookup(known, runners)

  return {
    count: ({ admin, limited }, address) =>
      Effect.clockWith((clock) => {
        if (rateLimit === 0 || admin || !limited || Option.isNone(address)) return Effect.succeed(unlimited)
        const now = clock.unsafeCurrentTimeMillis()
        const window = windowOf(address.value, now)
        const requests = window.counts
        requests.count += 1
        const retryAfter = secondsLeft(window, length, now)
        const refusal = requests.count > rateLimit ? Option.some(new TooManyRequests({ retryAfter })) : Option.none()
        return Effect.succeed(makeVisit(requests, refusal, known, lookup))
      })
  }
}
