import { Effect, Queue, type Scope } from "effect"

/** Finds the seconds done in what `-progress` prints; `N/A` and times before the start say nothing. */
export const parseProgress = (text: string): number | undefined => {
  const last = [...text.matchAll(/^out_time_us=(\d+)\s*$/gm)].at(-1)?.[1]
  return last === undefined ? undefined : Number(last) / 1_000_000
}

/**
 * A function for the engine to call with `-progress` text, whole lines at a time. The listener hears the newest
 * state, one call after the other; what came while it was busy is skipped. It is interrupted when the scope closes.
 */
export const reporter = (
  onProgress: ((seconds: number) => Effect.Effect<void>) | undefined
): Effect.Effect<(text: string) => void, never, Scope.Scope> =>
  Effect.gen(function* () {
    if (onProgress === undefined) return () => {}
    const newest = yield* Queue.sliding<number>(1)
    yield* Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.take(newest), onProgress)))
    return (text: string) => {
      const seconds = parseProgress(text)
      if (seconds !== undefined) newest.unsafeOffer(seconds)
    }
  })
