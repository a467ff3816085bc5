import { Effect, Fiber, Mailbox, type Scope } from "effect"

/** Finds the seconds done in what `-progress` prints; `N/A` and times before the start say nothing. */
export const parseProgress = (text: string): number | undefined => {
  const last = [...text.matchAll(/^out_time_us=(\d+)\s*$/gm)].at(-1)?.[1]
  return last === undefined ? undefined : Number(last) / 1_000_000
}

/** Brings what `-progress` prints to a listener. */
export interface Reporter {
  /** For text by whole lines. */
  readonly push: (text: string) => void
  /** Waits until the listener has heard the last state. */
  readonly finish: Effect.Effect<void>
}

const silent: Reporter = { push: () => {}, finish: Effect.void }

/**
 * The listener hears the newest state, one call after the other; what came while it was busy is skipped. It is
 * interrupted when the scope closes.
 */
export const reporter = (
  onProgress: ((seconds: number) => Effect.Effect<void>) | undefined
): Effect.Effect<Reporter, never, Scope.Scope> =>
  Effect.gen(function* () {
    if (onProgress === undefined) return silent
    const newest = yield* Mailbox.make<number>({ capacity: 1, strategy: "sliding" })
    const listening = yield* Effect.forkScoped(Effect.ignore(Effect.forever(Effect.flatMap(newest.take, onProgress))))
    return {
      push: (text: string) => {
        const seconds = parseProgress(text)
        if (seconds !== undefined) newest.unsafeOffer(seconds)
      },
      finish: Effect.zipRight(newest.end, Effect.asVoid(Fiber.await(listening)))
    }
  })
