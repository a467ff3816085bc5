import { Cause, ConfigError, Console, Effect, Option, Schema } from "effect"

/** The request cannot be fulfilled. The message holds the reason. */
export class Refusal extends Schema.TaggedError<Refusal>()("Refusal", { message: Schema.String }) {}

/** An error of the connector with its own message. */
export const refusal = ({ message }: { readonly message: string }): Refusal => new Refusal({ message: `${message}.` })

const configSentences = (error: ConfigError.ConfigError): ReadonlyArray<string> => {
  if (error._op === "And" || error._op === "Or")
    return [...configSentences(error.left), ...configSentences(error.right)]
  return [`${error.path.join(".")}: ${error.message}`]
}

/** The message for the person who started the program. Includes the stack only for defects. */
const sentenceOf = (cause: Cause.Cause<unknown>): string => {
  const failure = Option.getOrUndefined(Cause.failureOption(cause))
  if (failure === undefined) return Cause.pretty(cause)
  if (ConfigError.isConfigError(failure)) return configSentences(failure).join("\n")
  return failure instanceof Error ? failure.message : String(failure)
}

/**
 * Ends a failed program with a sentence on stderr and an exit code. Prints nothing if `isSaid` reports that the error
 * was already printed.
 */
export const endWithSentence =
  (isSaid: (failure: unknown) => boolean = () => false) =>
  <A, E, R>(program: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.tapErrorCause(program, (cause) =>
      Cause.isInterruptedOnly(cause) || Option.exists(Cause.failureOption(cause), isSaid)
        ? Effect.void
        : Console.error(sentenceOf(cause))
    )
