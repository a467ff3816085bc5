import { Cause, ConfigError, Console, Effect, Option, Schema } from "effect"

/** What was asked for cannot be done; the message says why. */
export class Refusal extends Schema.TaggedError<Refusal>()("Refusal", { message: Schema.String }) {}

/** A refusal of the connector, in its own words. */
export const refusal = ({ message }: { readonly message: string }): Refusal => new Refusal({ message: `${message}.` })

const configSentences = (error: ConfigError.ConfigError): ReadonlyArray<string> => {
  if (error._op === "And" || error._op === "Or")
    return [...configSentences(error.left), ...configSentences(error.right)]
  return [`${error.path.join(".")}: ${error.message}`]
}

/** What went wrong, for the person who started the program. A stack is of use only when the fault is ours. */
const sentenceOf = (cause: Cause.Cause<unknown>): string => {
  const failure = Option.getOrUndefined(Cause.failureOption(cause))
  if (failure === undefined) return Cause.pretty(cause)
  if (ConfigError.isConfigError(failure)) return configSentences(failure).join("\n")
  return failure instanceof Error ? failure.message : String(failure)
}

/**
 * Ends a program that has failed with a sentence on stderr; the exit code then tells of the failure. Of what `isSaid`
 * tells that somebody has said it, nothing more is said.
 */
export const endWithSentence =
  (isSaid: (failure: unknown) => boolean = () => false) =>
  <A, E, R>(program: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.tapErrorCause(program, (cause) =>
      Cause.isInterruptedOnly(cause) || Option.exists(Cause.failureOption(cause), isSaid)
        ? Effect.void
        : Console.error(sentenceOf(cause))
    )
