import { Effect } from "effect"

/** Real milliseconds after which the wait is in vain. Only broken code waits that long. */
const DEADLINE = 20_000

/** Real time, whatever the clock of the fiber is. */
const pause = (millis: number): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    const timer = setTimeout(() => resume(Effect.void), millis)
    return Effect.sync(() => clearTimeout(timer))
  })

/** Lets all fibers continue that do not wait for the clock. Takes about a millisecond. */
export const turn: Effect.Effect<void> = pause(0)

/**
 * Repeats the query until the answer satisfies the condition, for 20 seconds of real time, and returns the answer. Dies
 * with the last answer otherwise. Does not move a test clock: for sockets, processes, and work in other fibers.
 */
export const eventually = <A, E, R>(
  query: Effect.Effect<A, E, R>,
  condition: (answer: NoInfer<A>) => boolean,
  { deadline = DEADLINE, every = 5 }: { readonly deadline?: number; readonly every?: number } = {}
): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const end = performance.now() + deadline
    for (;;) {
      const answer = yield* query
      if (condition(answer)) return answer
      if (performance.now() > end) {
        return yield* Effect.dieMessage(`The condition did not become true. The last answer: ${JSON.stringify(answer)}`)
      }
      yield* pause(every)
    }
  })
