import { Effect } from "effect"

/** Milliseconds. What comes soon is seen soon; what takes seconds is not held up by being asked for. */
const SHORTEST = 25
const LONGEST = 200

/**
 * Asks again and again, less and less often, until the answer is as hoped; dies with the last answer when that takes
 * longer than the given seconds. For what happens in other processes.
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
