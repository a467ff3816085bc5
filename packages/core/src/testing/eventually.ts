import { Effect } from "effect"

/** How to wait. */
export interface WaitOptions {
  /** The condition in words, for the message, which continues after "until". */
  readonly what?: string
  /** Real seconds after which the wait fails. The default is 120. Only broken code waits that long. */
  readonly seconds?: number
  /** The longest pause between two queries in milliseconds. The first pauses are shorter. The default is 10. */
  readonly every?: number
}

/** Real time, whatever the clock of the fiber is. */
const pause = (millis: number): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    const timer = setTimeout(() => resume(Effect.void), millis)
    return Effect.sync(() => clearTimeout(timer))
  })

/** Lets all fibers continue that do not wait for the clock. Takes about a millisecond. */
export const turn: Effect.Effect<void> = pause(0)

/**
 * Repeats the query until the answer satisfies the condition, and returns the answer. Dies with the last answer after 120
 * seconds of real time. Does not move a test clock: for sockets, processes, and work in other fibers.
 */
export const eventually = <A, E, R>(
  query: Effect.Effect<A, E, R>,
  condition: (answer: NoInfer<A>) => boolean,
  { every = 10, seconds = 120, what = "the condition holds" }: WaitOptions = {}
): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const end = performance.now() + seconds * 1000
    for (let millis = 1; ; millis = Math.min(millis * 1.5, every)) {
      const answer = yield* query
      if (condition(answer)) return answer
      if (performance.now() > end) {
        const last = typeof answer === "string" ? answer : JSON.stringify(answer, null, 1)
        return yield* Effect.dieMessage(`Waited ${seconds} s in vain until ${what}. The last answer:\n${last}`)
      }
      yield* pause(millis)
    }
  })

/** Waits until the condition holds, as `eventually` does. */
export const until = (
  what: string,
  condition: () => boolean | Promise<boolean>,
  options: Pick<WaitOptions, "seconds"> = {}
): Effect.Effect<void> =>
  Effect.asVoid(
    eventually(
      Effect.promise(async () => condition()),
      (holds) => holds,
      { what, ...options }
    )
  )
