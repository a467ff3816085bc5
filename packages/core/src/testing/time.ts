import { Duration, Effect, TestClock } from "effect"
import { EventConsumers } from "../ports/EventConsumers.ts"
import { EventStore } from "../ports/EventStore.ts"
import { JobStore } from "../ports/JobStore.ts"
import { Upkeep } from "../usecases/upkeep/Upkeep.ts"
import { NextStep, STEP } from "./coarseClock.ts"
import { turn } from "./eventually.ts"
import type { RunnerCalls } from "./RunnerCalls.ts"
import { areAnyAlive, sendHeartbeats, type TestRunners } from "./TestRunners.ts"

/** Real milliseconds without a change after which the remaining work must be waiting for the clock. */
const QUIET = 1000

/**
 * The number of checks without a change in that time, because a busy machine may stop the process for longer than that.
 */
const LOOKS = 50

type Watched = JobStore | EventStore | EventConsumers

/** The work that is not finished: results that are being stored, and the events that consumers have not processed. */
const unfinished: Effect.Effect<ReadonlyArray<string>, never, Watched> = Effect.gen(function* () {
  const events = yield* EventStore
  const consumers = yield* EventConsumers
  const { data } = yield* (yield* JobStore).list({ start: 0, count: 100, states: ["Completing"] })
  const behind = yield* Effect.filter(yield* consumers.list, ({ cursor, name }) =>
    Effect.zipWith(
      events.after(cursor, 1),
      consumers.postponed(name),
      (next, postponed) => next.length > 0 || postponed.some(({ isDue }) => isDue)
    )
  )
  return [...data.map(({ id }) => id), ...behind.map(({ cursor, name }) => `${name} ${cursor}`)]
}).pipe(Effect.orDie)

/**
 * Waits until all results are stored and all hooks are called. Also returns when nothing changes for a second of
 * real time, because the rest waits for the clock then.
 */
export const settled: Effect.Effect<void, never, Watched> = Effect.gen(function* () {
  let last = ""
  let since = performance.now()
  let looks = 0
  for (;;) {
    const work = yield* unfinished
    if (work.length === 0) return
    if (work.join() !== last) {
      last = work.join()
      since = performance.now()
      looks = 0
    }
    looks += 1
    if (performance.now() - since > QUIET && looks > LOOKS) return
    yield* turn
  }
})

/** The step when no heartbeats are due. */
const IDLE_STEP = Duration.minutes(10)

/**
 * Moves the test clock by this duration. Meanwhile test runners send heartbeats for their jobs, unless they are silent, and
 * upkeep runs. Everything that became due is done when this returns.
 */
export const advance = (
  duration: Duration.DurationInput
): Effect.Effect<void, never, Watched | Upkeep | TestRunners | RunnerCalls | NextStep> =>
  Effect.gen(function* () {
    const { round } = yield* Upkeep
    const { wake } = yield* NextStep
    let left = Duration.decode(duration)
    do {
      const step = Duration.min(left, (yield* areAnyAlive) ? STEP : IDLE_STEP)
      yield* TestClock.adjust(step)
      yield* wake
      yield* sendHeartbeats
      yield* round
      yield* settled
      left = Duration.subtract(left, step)
    } while (Duration.greaterThan(left, Duration.zero))
  })
