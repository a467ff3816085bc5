import { Effect, Schema } from "effect"
import { ResultFault } from "../domain/job/JobAttempt.ts"

/** The result is wrong or cannot be stored. The attempt fails. */
export class CompletionError extends Schema.TaggedError<CompletionError>()("CompletionError", {
  message: Schema.String,
  /** Present when the result is wrong, whatever the state of the server. */
  fault: Schema.optional(ResultFault),
  /** The cause, for the log. */
  cause: Schema.optional(Schema.Defect)
}) {}

/** The errors that name the fault of a result. */
const faults: ReadonlySet<string> = new Set([
  ...["UnexpectedResult", "InvalidPlaylist", "MalformedMp4", "UnreadableMedia", "NotMedia"]
])

interface Failure {
  readonly _tag: string
  readonly message: string
  readonly duration?: number | undefined
}

const asCompletionError = (error: Failure | CompletionError): CompletionError => {
  if (error instanceof CompletionError) return error
  const { _tag, duration = null, message } = error
  return new CompletionError({ message, cause: error, ...(faults.has(_tag) ? { fault: { duration } } : {}) })
}

/** Wraps any error of a completion, with the same message. */
export const orCompletionError = <A, R>(
  effect: Effect.Effect<A, Failure | CompletionError, R>
): Effect.Effect<A, CompletionError, R> => Effect.mapError(effect, asCompletionError)
