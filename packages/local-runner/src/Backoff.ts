import { Duration, Effect, Random, Schedule } from "effect"
import { isUnavailable, type ServerUnavailable } from "./wire/Answers.ts"

const LONGEST = Duration.minutes(1)

/** An endless schedule of pauses that double from `first` up to a minute, with a jitter of 20 % in both directions. */
const endless = (first: Duration.Duration): Schedule.Schedule<Duration.Duration> =>
  Schedule.exponential(first).pipe(
    Schedule.delayed((pause) => Duration.min(pause, LONGEST)),
    Schedule.jittered
  )

/** Returns one pause of this kind after the given number of failures. */
export const pause = (first: Duration.Duration, failures: number): Effect.Effect<Duration.Duration> =>
  Effect.map(Random.nextRange(0.8, 1.2), (jitter) =>
    Duration.times(Duration.min(Duration.times(first, 2 ** Math.min(failures, 30)), LONGEST), jitter)
  )

/** Retries while the server is unavailable, at most `retries` times. */
export const retryWhileUnavailable =
  (first: Duration.Duration, retries: number) =>
  <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.retry(effect, { while: isUnavailable, times: retries, schedule: endless(first) })

/** Retries until the server is available, without a limit. */
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
