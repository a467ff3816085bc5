import { Cause, ConfigError, Console, Effect, Option } from "effect"

const configSentences = (error: ConfigError.ConfigError): ReadonlyArray<string> => {
  if (error._op === "And" || error._op === "Or")
    return [...configSentences(error.left), ...configSentences(error.right)]
  return [`${error.path.join(".")}: ${error.message}`]
}

/** The error for the operator. Only defects have a stack trace. */
const sentenceOf = (cause: Cause.Cause<unknown>): string => {
  const failure = Option.getOrUndefined(Cause.failureOption(cause))
  if (failure === undefined) return Cause.pretty(cause)
  if (ConfigError.isConfigError(failure)) return configSentences(failure).join("\n")
  return failure instanceof Error ? failure.message : String(failure)
}

/**
 * Prints the error of a failed program as a sentence on stderr. Prints nothing for errors that match `isSaid`, because the
 * program has printed them.
 */
export const endWithSentence =
  (isSaid: (failure: unknown) => boolean = () => false) =>
  <A, E, R>(program: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.tapErrorCause(program, (cause) =>
      Cause.isInterruptedOnly(cause) || Option.exists(Cause.failureOption(cause), isSaid)
        ? Effect.void
        : Console.error(sentenceOf(cause))
    )
