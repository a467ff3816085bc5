import { Duration, Effect, Random, Schedule } from "effect"
import { isUnavailable, type ServerUnavailable } from "./wire/Answers.ts"

const LONGEST = Duration.minutes(1)

/** Pauses that double from the first one up to a minute, each between 80 % and 120 % of its length, without end. */
const endless = (first: Duration.Duration): Schedule.Schedule<Duration.Duration> =>
  Schedule.exponential(first).pipe(
    Schedule.delayed((pause) => Duration.min(pause, LONGEST)),
    Schedule.jittered
  )

/** One pause of that kind, after so many failures before this one. */
export const pause = (first: Duration.Duration, failures: number): Effect.Effect<Duration.Duration> =>
  Effect.map(Random.nextRange(0.8, 1.2), (jitter) =>
    Duration.times(Duration.min(Duration.times(first, 2 ** Math.min(failures, 30)), LONGEST), jitter)
  )

/** Tries again while the server is unavailable, up to so many times more. */
export const patiently =
  (first: Duration.Duration, retries: number) =>
  <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.retry(effect, { while: isUnavailable, times: retries, schedule: endless(first) })

/** Tries again until the server is available, however long that takes. */
export const untilAvailable =
  (first: Duration.Duration) =>
  <A, E extends { readonly _tag: string }, R>(
    effect: Effect.Effect<A, E | ServerUnavailable, R>
  ): Effect.Effect<A, Exclude<E, ServerUnavailable>, R> =>
    Effect.retry(effect, { while: isUnavailable, schedule: endless(first) }).pipe(
      Effect.catchAll((error) =>
        isUnavailable(error) ? Effect.never : Effect.fail(error as Exclude<E, ServerUnavailable>)
      )
    )
