import { Effect, Fiber, TestClock } from "effect"

/** Lets everything go on that waits for nothing but its turn, or for the platform's cryptography. */
export const turn: Effect.Effect<void> = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))

/** Real milliseconds after which a test waits in vain; only broken code ever waits that long. */
const DEADLINE = 20_000

/** Real milliseconds within which nearly everything ends that does not wait for the clock. */
const SOON = 10

/** Takes turns until the condition holds, and does something beside that when it does not hold soon. */
const waiting = (what: string, isDone: () => boolean, beside: Effect.Effect<void>): Effect.Effect<void> =>
  Effect.gen(function* () {
    const start = performance.now()
    while (!isDone()) {
      const waited = performance.now() - start
      if (waited > DEADLINE) return yield* Effect.dieMessage(`Waited in vain until ${what}`)
      yield* waited < SOON ? turn : beside
    }
  })

/** Waits until the condition holds, without moving the clock. */
export const until = (what: string, condition: () => boolean): Effect.Effect<void> => waiting(what, condition, turn)

const goOn = TestClock.adjust("50 millis")

/** Runs the effect while time goes by, 50 ms at a step; what waits for no clock is mostly through before the first. */
export const asTimeGoesBy = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(effect)
    yield* waiting("it ended", () => fiber.unsafePoll() !== null, goOn)
    return yield* Fiber.join(fiber)
  })

/** Runs the effect as time goes by, until it ends or the server that runs it has died. */
export const untilDead = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  hasDied: () => boolean
): Effect.Effect<void, never, R> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkDaemon(effect)
    yield* waiting("it ended or died", () => fiber.unsafePoll() !== null || hasDied(), goOn)
  })
