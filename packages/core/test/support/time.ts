import { type Clock, Duration, Effect, Fiber, TestClock } from "effect"

/** Runs everything that waits only for its turn. */
export const turn: Effect.Effect<void> = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))

/** Real milliseconds after which a wait has failed. Only broken code waits that long. */
const DEADLINE = 120_000

/** Real milliseconds within which nearly everything ends that does not wait for the clock. */
const SOON = 60

const pause = Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, 1)))

const waiting = (what: string, isDone: () => boolean, meanwhile: Effect.Effect<void>): Effect.Effect<void> =>
  Effect.gen(function* () {
    const end = performance.now() + DEADLINE
    while (!isDone()) {
      if (performance.now() > end) return yield* Effect.dieMessage(`Waited in vain until ${what}`)
      yield* meanwhile
    }
  })

/** Turns in that time, because a busy machine may stop the process for longer than that. */
const TURNS = 20

/** Whether a moment has passed since the first call. */
const aMoment = (): (() => boolean) => {
  const start = performance.now()
  let turns = 0
  return () => {
    turns += 1
    return performance.now() - start > SOON && turns > TURNS
  }
}

/** Waits a short time for the end of the fiber. */
const soon = (fiber: Fiber.RuntimeFiber<unknown, unknown>): Effect.Effect<void> =>
  Effect.suspend(() => {
    const hasPassed = aMoment()
    return Effect.repeat(pause, { until: () => fiber.unsafePoll() !== null || hasPassed() })
  })

const moveOn = TestClock.adjust("50 millis")

/**
 * Runs the effect while time advances in steps of 50 ms. Work that waits for no clock mostly ends before the first
 * step.
 */
export const asTimeGoesBy = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(effect)
    yield* soon(fiber)
    yield* waiting("it ended", () => fiber.unsafePoll() !== null, moveOn)
    return yield* Fiber.join(fiber)
  })

/** Runs the effect while time advances, until it ends or its server has died. */
export const untilDead = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  hasDied: () => boolean
): Effect.Effect<void, never, R> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkDaemon(effect)
    const hasPassed = aMoment()
    const meanwhile = Effect.suspend(() => (hasPassed() ? moveOn : pause))
    yield* waiting("it ended or died", () => fiber.unsafePoll() !== null || hasDied(), meanwhile)
  })

/** Longer than any pause before lost work is tried again. */
const LONG = Duration.seconds(1)

/** Runs the effect so that short pauses end after a turn and the clock does not move. */
export const withoutShortPauses = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.clockWith((clock) => {
    const sleep = (pause: Duration.Duration) => (Duration.lessThan(pause, LONG) ? turn : clock.sleep(pause))
    const hasty: Clock.Clock = Object.create(clock, { sleep: { value: sleep } })
    return Effect.withClock(effect, hasty)
  })
