import { Cause, Effect, Logger, LogLevel } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import { FileStorageError } from "../../src/ports/FileStorage.ts"
import { ProbeError } from "../../src/ports/MediaProbe.ts"
import { PersistenceError } from "../../src/ports/PersistenceError.ts"
import type { Around } from "./Process.ts"

const cause = new Error("connection refused")

/** The error of the port of this call when it is out of order. */
export const portError = (call: string): FileStorageError | ProbeError | PersistenceError => {
  if (call.startsWith("FileStorage.")) {
    return new FileStorageError({ operation: "write", key: FileKey.make("some/file"), cause })
  }
  if (call.startsWith("MediaProbe.")) return new ProbeError({ operation: "probe", cause })
  if (call.startsWith("MediaRemuxer.")) return new ProbeError({ operation: "remux", cause })
  if (call.startsWith("MediaCutter.")) return new ProbeError({ operation: "cut", cause })
  return new PersistenceError({ operation: call, cause })
}

/** Runs the effect, but reports a failure to its caller. */
export const losingAnswer = <A, E, R>(call: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.zipRight(effect, Effect.fail(portError(call)) as unknown as Effect.Effect<never, E>)

/** Records the calls of ports, and fails those that are switched off. */
export interface Watch {
  readonly around: Around
  /** The calls so far, by name. */
  readonly calls: Array<string>
  readonly count: (call: string) => number
  /** From now on these calls fail like a port that is out of order. */
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
        return Effect.fail(portError(call)) as unknown as Effect.Effect<never, E>
      })
  }
}

/** Runs the effect and returns every log line of any level with its annotations. */
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

/** The tag of the effect's error, or `"ok"` when it succeeds. */
export const outcome = <A, E extends { readonly _tag: string }, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<E["_tag"] | "ok", never, R> =>
  Effect.match(effect, { onFailure: (error): E["_tag"] | "ok" => error._tag, onSuccess: () => "ok" as const })
