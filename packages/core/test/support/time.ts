import { Effect, Fiber, TestClock } from "effect"

/** Lets everything go on that waits for nothing but its turn, or for the platform's cryptography. */
export const turn: Effect.Effect<void> = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))

const MAX_TURNS = 5000

/** Waits until the condition holds, without moving the clock. */
export const until = (what: string, condition: () => boolean): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (let turns = 0; turns < MAX_TURNS; turns++) {
      if (condition()) return
      yield* turn
    }
    return yield* Effect.dieMessage(`Waited in vain until ${what}`)
  })

/** Runs the effect while time goes by, 50 ms at a step; what only yields is through before the first step. */
export const asTimeGoesBy = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(effect)
    for (let turns = 0; turns < MAX_TURNS; turns++) {
      if (fiber.unsafePoll() !== null) return yield* Fiber.join(fiber)
      yield* turns < 30 ? turn : TestClock.adjust("50 millis")
    }
    return yield* Effect.dieMessage("It did not end, however much time went by")
  })

/** Runs the effect as time goes by, until it ends or the server that runs it has died. */
export const untilDead = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  hasDied: () => boolean
): Effect.Effect<void, never, R> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkDaemon(effect)
    for (let turns = 0; turns < MAX_TURNS; turns++) {
      if (fiber.unsafePoll() !== null || hasDied()) return
      yield* turns < 30 ? turn : TestClock.adjust("50 millis")
    }
    return yield* Effect.dieMessage("It neither ended nor died, however much time went by")
  })
