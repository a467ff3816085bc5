import { Effect, Fiber, Mailbox, type Scope } from "effect"
import type { ReportCount } from "./stall.ts"

/** Returns the finished seconds from the output of `-progress`. Ignores `N/A` and negative times. */
export const parseProgress = (text: string): number | undefined => {
  const last = [...text.matchAll(/^out_time_us=(\d+)\s*$/gm)].at(-1)?.[1]
  return last === undefined ? undefined : Number(last) / 1_000_000
}

/** Counts the reports of `-progress` and passes them to a listener. */
export interface Reporter {
  /** Receives text in whole lines. */
  readonly push: (text: string) => void
  readonly count: () => ReportCount
  /** Waits until the listener has received the last report. */
  readonly finish: Effect.Effect<void>
}

type Listener = (seconds: number) => Effect.Effect<void>

/**
 * The listener receives the newest report in sequential calls. Reports that arrive during a call are replaced by newer
 * ones.
 */
const listen = (onProgress: Listener) =>
  Effect.gen(function* () {
    const newest = yield* Mailbox.make<number>({ capacity: 1, strategy: "sliding" })
    const listening = yield* Effect.forkScoped(Effect.ignore(Effect.forever(Effect.flatMap(newest.take, onProgress))))
    return {
      offer: (seconds: number) => void newest.unsafeOffer(seconds),
      finish: Effect.zipRight(newest.end, Effect.asVoid(Fiber.await(listening)))
    }
  })

/** Starts the listener, if there is one. The listener is interrupted when the scope closes. */
export const reporter = (onProgress: Listener | undefined): Effect.Effect<Reporter, never, Scope.Scope> =>
  Effect.gen(function* () {
    const listener = onProgress === undefined ? undefined : yield* listen(onProgress)
    const seen = { reports: 0, seconds: 0 }
    return {
      push: (text: string) => {
        seen.reports += 1
        const seconds = parseProgress(text)
        if (seconds === undefined) return
        seen.seconds = Math.max(seen.seconds, seconds)
        listener?.offer(seconds)
      },
      count: () => seen,
      finish: listener?.finish ?? Effect.void
    }
  })
