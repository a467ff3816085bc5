import { Cause, Context, Effect, Layer, Logger, LogLevel } from "effect"
import { Secrets } from "./Secrets.ts"

/** Records the server's log, the secrets that the cases have seen, and the answers of each endpoint. */
export class Journal extends Context.Tag("@runner-connector/contracts/Journal")<
  Journal,
  {
    readonly lines: Array<string>
    readonly secrets: Secrets
    /** For example `register 404`. */
    readonly answers: Set<string>
  }
>() {
  static readonly layer: Layer.Layer<Journal> = Layer.unwrapEffect(
    Effect.sync(() => {
      const lines: Array<string> = []
      const capture = Logger.make((entry) => {
        lines.push(JSON.stringify(Logger.structuredLogger.log(entry)), Cause.pretty(entry.cause))
      })
      return Layer.mergeAll(
        Layer.succeed(Journal, { lines, secrets: new Secrets(), answers: new Set<string>() }),
        Logger.replace(Logger.defaultLogger, capture),
        Logger.minimumLogLevel(LogLevel.All)
      )
    })
  )
}

/** Registers a secret, which must not appear in logs or refusals from then on. */
export const keepSecret = (secret: string): Effect.Effect<void, never, Journal> =>
  Effect.map(Journal, ({ secrets }) => void secrets.add(secret))
