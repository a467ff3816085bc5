import { Clock, Duration, Effect } from "effect"

/** A clock that a simulation sets. Nothing waits for it: a sleep ends at once. */
export interface SettableClock {
  /** Milliseconds since the epoch. */
  now: number
  readonly run: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** A clock that stands still until `now` is set. */
export const makeClock = (): SettableClock => {
  const start = Date.UTC(2027, 0, 1)
  const state = { now: start }
  const nanos = () => BigInt(state.now) * 1_000_000n
  const clock: Clock.Clock = {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: () => state.now,
    unsafeCurrentTimeNanos: nanos,
    currentTimeMillis: Effect.sync(() => state.now),
    currentTimeNanos: Effect.sync(nanos),
    sleep: (duration) => (Duration.isFinite(Duration.decode(duration)) ? Effect.yieldNow() : Effect.never)
  }
  return Object.assign(state, { run: Effect.withClock(clock) })
}
