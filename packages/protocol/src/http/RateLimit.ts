import { type ConnectorConfig, type Ids, type Runners, Tokens } from "@runner-connector/core"
import { Clock, Duration, Effect, Option, type Redacted, Schema } from "effect"
import type { AnyEndpoint } from "./Endpoint.ts"
import { Token } from "./fields.ts"
import { TooManyRequests } from "./ProtocolErrors.ts"
import { makeWindows, secondsLeft, type Window } from "./windows.ts"

/** What becomes of a request that is one too many for its address. */
export interface Excess {
  readonly refusal: TooManyRequests
  /** Passes when the members of the body name a runner that is registered, and when nobody can tell at the moment. */
  readonly admit: (members: object) => Effect.Effect<void, TooManyRequests>
}

/** How often one address may ask, in this process. */
export interface RateLimit {
  /** Counts the request; none while it is one of those that anybody may make. */
  readonly count: (
    endpoint: Pick<AnyEndpoint, "admin" | "limited">,
    address: Option.Option<string>
  ) => Effect.Effect<Option.Option<Excess>>
}

/** The requests of one address. */
interface Requests {
  count: number
  /** Tokens of registered runners, so that these are not looked up with each request. */
  readonly known: Set<Ids.TokenHash>
}

/** The number of runners at one address that are kept in memory. */
const MAX_KNOWN = 100

const tokenIn = Schema.decodeUnknownOption(Schema.Struct({ runnerToken: Token }))

/** The limit of the settings; runners that are registered are let through beyond it. */
export const make = (
  { rateLimit, rateWindow }: Pick<ConnectorConfig.ConnectorSettings, "rateLimit" | "rateWindow">,
  runners: Pick<Runners.Runners["Type"], "authenticate">
): RateLimit => {
  const length = Duration.toMillis(rateWindow)
  const windowOf = makeWindows<Requests>(length, () => ({ count: 0, known: new Set() }))

  const isRunner = (token: Redacted.Redacted<string>, known: Requests["known"]) =>
    Effect.gen(function* () {
      const hash = yield* Tokens.hashToken(token)
      if (known.has(hash)) return true
      yield* runners.authenticate(token)
      if (known.size < MAX_KNOWN) known.add(hash)
      return true
    }).pipe(
      Effect.catchTag("UnknownRunner", () => Effect.succeed(false)),
      // Trouble of ours: the request goes on to where it is told so.
      Effect.catchTag("PersistenceError", () => Effect.succeed(true))
    )

  const excessOf = (window: Window<Requests>, now: number): Excess => {
    const { known } = window.counts
    const refusal = new TooManyRequests({ retryAfter: secondsLeft(window, length, now) })
    return {
      refusal,
      admit: (members) =>
        Option.match(tokenIn(members), {
          onNone: () => refusal,
          onSome: ({ runnerToken }) =>
            Effect.flatMap(isRunner(runnerToken, known), (is) => (is ? Effect.void : refusal))
        })
    }
  }

  return {
    count: ({ admin, limited }, address) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        if (rateLimit === 0 || admin || !limited || Option.isNone(address)) return Option.none()
        const window = windowOf(address.value, now)
        window.counts.count += 1
        return window.counts.count > rateLimit ? Option.some(excessOf(window, now)) : Option.none()
      })
  }
}
