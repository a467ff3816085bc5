import { Cause, Effect, Logger, LogLevel } from "effect"
import { PersistenceError } from "../../src/ports/PersistenceError.ts"
import type { Around } from "./Process.ts"

/** Notes the calls of ports, and lets those fail that are switched off. */
export interface Watch {
  readonly around: Around
  /** The calls so far, by name. */
  readonly calls: Array<string>
  readonly count: (call: string) => number
  /** From now on these calls fail as a database does that is gone. */
  readonly breakDown: (isBroken: (call: string) => boolean) => void
}

export const makeWatch = (): Watch => {
  const calls: Array<string> = []
  let isBroken = (_: string): boolean => false
  return {
    calls,
    count: (wanted) => calls.filter((call) => call === wanted).length,
    breakDown: (next) => {
      isBroken = next
    },
    around: <A, E, R>(call: string, effect: Effect.Effect<A, E, R>) =>
      Effect.suspend((): Effect.Effect<A, E, R> => {
        calls.push(call)
        if (!isBroken(call)) return effect
        const error = new PersistenceError({ operation: call, cause: new Error("connection refused") })
        return Effect.fail(error) as unknown as Effect.Effect<never, E>
      })
  }
}

/** Runs the effect and gives every line that it logged, on whatever level, with all that was attached to it. */
export const withLog = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<readonly [A, string], E, R> =>
  Effect.suspend(() => {
    const lines: Array<string> = []
    const logger = Logger.make((line) => {
      lines.push(Logger.logfmtLogger.log(line), Cause.pretty(line.cause, { renderErrorCause: true }))
    })
    return effect.pipe(
      Logger.withMinimumLogLevel(LogLevel.All),
      Effect.provide(Logger.add(logger)),
      Effect.map((value) => [value, lines.join("\n")] as const)
    )
  })

/** The tag of what an effect fails with; `"ok"` when it does not. */
export const outcome = <A, E extends { readonly _tag: string }, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<E["_tag"] | "ok", never, R> =>
  Effect.match(effect, { onFailure: (error): E["_tag"] | "ok" => error._tag, onSuccess: () => "ok" as const })
