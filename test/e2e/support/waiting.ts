import { Effect } from "effect"

/** Milliseconds. Short waits are polled often, and long waits rarely. */
const SHORTEST = 25
const LONGEST = 200

/**
 * Polls at growing intervals until the result satisfies the condition. Dies with the last result after the given
 * seconds. For events in other processes.
 */
export const until = <A, E, R>(
  what: string,
  ask: Effect.Effect<A, E, R>,
  hope: (answer: NoInfer<A>) => boolean,
  seconds = 30
): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const end = Date.now() + seconds * 1000
    for (let pause = SHORTEST; ; pause = Math.min(pause * 1.5, LONGEST)) {
      const answer = yield* ask
      if (hope(answer)) return answer
      if (Date.now() > end) {
        const last = typeof answer === "string" ? answer : JSON.stringify(answer, null, 1)
        return yield* Effect.dieMessage(`For ${seconds} s I waited in vain until ${what}. The last answer:\n${last}`)
      }
      yield* Effect.sleep(pause)
    }
  })
