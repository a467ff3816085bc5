import { Clock, Effect, TestServices } from "effect"

const DEADLINE = 10_000

/**
 * Repeats the query until the result satisfies the condition, for ten seconds of real time. Dies with the last result
 * otherwise. For sockets and processes, which the test clock does not control.
 */
export const eventually = <A, E, R>(
  ask: Effect.Effect<A, E, R>,
  hope: (answer: NoInfer<A>) => boolean
): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const end = (yield* TestServices.provideLive(Clock.currentTimeMillis)) + DEADLINE
    for (;;) {
      const answer = yield* ask
      if (hope(answer)) return answer
      if ((yield* TestServices.provideLive(Clock.currentTimeMillis)) > end) {
        return yield* Effect.dieMessage(`It never came true; the last answer was ${JSON.stringify(answer)}`)
      }
      yield* TestServices.provideLive(Effect.sleep("5 millis"))
    }
  })
