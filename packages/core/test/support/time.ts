import { Effect, Fiber, TestClock } from "effect"

/** Lets everything go on that waits for nothing but its turn, or for the platform's cryptography. */
export const turn: Effect.Effect<void> = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))

/** Real milliseconds after which a test waits in vain; only broken code ever waits that long. */
const DEADLINE = 20_000

/** Takes turns until the condition holds, and does something beside that once it takes longer. */
const waiting = (what: string, isDone: () => boolean, beside: Effect.Effect<void>): Effect.Effect<void> =>
  Effect.gen(function* () {
    const end = performance.now() + DEADLINE
    for (let turns = 0; !isDone(); turns++) {
      if (performance.now() > end) return yield* Effect.dieMessage(`Waited in vain until ${what}`)
      yield* turns < 30 ? turn : beside
    }
  })

/** Waits until the condition holds, without moving the clock. */
export const until = (what: string, condition: () => boolean): Effect.Effect<void> => waiting(what, condition, turn)

const goOn = TestClock.adjust("50 millis")

/** Runs the effect while time goes by, 50 ms at a step; what only yields is through before the first step. */
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
