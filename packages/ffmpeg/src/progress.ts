import { Effect, Fiber, Mailbox, type Scope } from "effect"
import type { ReportCount } from "./stall.ts"

/** Finds the seconds done in what `-progress` prints; `N/A` and times before the start say nothing. */
export const parseProgress = (text: string): number | undefined => {
  const last = [...text.matchAll(/^out_time_us=(\d+)\s*$/gm)].at(-1)?.[1]
  return last === undefined ? undefined : Number(last) / 1_000_000
}

/** Passes the reports of `-progress` on to a listener, and counts them. */
export interface Reporter {
  /** For text by whole lines. */
  readonly push: (text: string) => void
  readonly count: () => ReportCount
  /** Waits until the listener has received the last state. */
  readonly finish: Effect.Effect<void>
}

type Listener = (seconds: number) => Effect.Effect<void>

/** The listener gets the newest state, one call after the other; states that come while it is busy are skipped. */
const listen = (onProgress: Listener) =>
  Effect.gen(function* () {
    const newest = yield* Mailbox.make<number>({ capacity: 1, strategy: "sliding" })
    const listening = yield* Effect.forkScoped(Effect.ignore(Effect.forever(Effect.flatMap(newest.take, onProgress))))
    return {
      offer: (seconds: number) => void newest.unsafeOffer(seconds),
      finish: Effect.zipRight(newest.end, Effect.asVoid(Fiber.await(listening)))
    }
  })

/** Starts the listener, if there is one. It is interrupted when the scope closes. */
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
