import { nearestName } from "@runner-connector/core"
import { Duration, Effect, Either, LogLevel, Option } from "effect"
import { type EncoderName, names as encoders } from "../jobs/encoder/VideoEncoder.ts"

/** Parses the text of a setting. Fails with what was expected. */
export type Parse<A> = (text: string) => Either.Either<A, string>

export const text: Parse<string> = (given) =>
  given.trim() === "" ? Either.left("expected a text") : Either.right(given)

const choice =
  <A extends string>(allowed: ReadonlyArray<A>): Parse<A> =>
  (given) => {
    const found = allowed.find((candidate) => candidate === given)
    if (found !== undefined) return Either.right(found)
    const meant = nearestName(given, allowed)
    const hint = meant === undefined ? "" : `, ${meant} is similar`
    return Either.left(`expected one of ${allowed.join(", ")}, found ${given}${hint}`)
  }

export const encoder: Parse<EncoderName> = choice(encoders)
export const logFormat: Parse<"text" | "json"> = choice(["text", "json"])

const levels = { debug: LogLevel.Debug, info: LogLevel.Info, warning: LogLevel.Warning, error: LogLevel.Error }

export const logLevel: Parse<LogLevel.LogLevel> = (given) =>
  Either.map(choice(["debug", "info", "warning", "error"])(given), (name) => levels[name])

/** One of the job types that the runner has. */
export const jobType = (known: ReadonlyArray<string>): Parse<string> => choice(known)

export const positive: Parse<number> = (given) => {
  const number = Number(given)
  return Number.isSafeInteger(number) && number > 0
    ? Either.right(number)
    : Either.left("expected a whole number above 0")
}

/** A duration such as `30 seconds`. A runner cannot wait without an end, or report without a pause. */
export const duration: Parse<Duration.Duration> = (given) =>
  Option.match(
    Option.filter(
      Duration.decodeUnknown(given),
      (value) => Duration.isFinite(value) && Duration.greaterThan(value, Duration.zero)
    ),
    {
      onNone: () => Either.left("expected a duration above 0, such as 30 seconds"),
      onSome: Either.right
    }
  )

export const url: Parse<URL> = (given) =>
  URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)
    ? Either.right(new URL(given))
    : Either.left("expected an http or https address, such as https://media.example")

/** The server refuses longer names. */
const MAX_NAME = 100

export const runnerName: Parse<string> = (given) =>
  given.trim() !== "" && given.length <= MAX_NAME
    ? Either.right(given)
    : Either.left(`expected a name of at most ${MAX_NAME} characters`)

/** Adds the name of the setting to a failure. */
export const named = <A>(shown: string, parsed: Either.Either<A, string>): Effect.Effect<A, string> =>
  Effect.mapError(parsed, (problem) => `${shown}: ${problem}`)
