import { Config, ConfigError, Duration, Either, Option } from "effect"

type OfDuration = (name: string, fallback: Duration.Duration, description: string) => Config.Config<Duration.Duration>

const atLeast =
  (least: Duration.Duration, message: string): OfDuration =>
  (name, fallback, description) =>
    Config.duration(name).pipe(
      // Validates directly on the variable, because an outer error does not name it.
      Config.validate({ message, validation: (value) => Duration.isFinite(value) && !Duration.lessThan(value, least) }),
      Config.withDefault(fallback),
      Config.withDescription(description)
    )

/** A duration, also 0. */
export const duration: OfDuration = atLeast(Duration.zero, "expected a finite duration")

/** 0 would make upkeep busy all the time, or take every job from its runner. */
export const period: OfDuration = atLeast(Duration.millis(1), "expected a finite duration above 0")

const parseOrOff = (text: string): Either.Either<Option.Option<Duration.Duration>, string> => {
  if (text === "off" || text === "") return Either.right(Option.none())
  const parsed = Option.filter(
    Duration.decodeUnknown(text),
    (value) => Duration.isFinite(value) && Duration.greaterThan(value, Duration.zero)
  )
  return Option.isSome(parsed) ? Either.right(parsed) : Either.left("expected a duration such as 90 days, or off")
}

/** A duration above 0, or `off`, which is the default. */
export const orOff = (name: string, description: string): Config.Config<Option.Option<Duration.Duration>> =>
  Config.string(name).pipe(
    Config.withDefault("off"),
    Config.mapOrFail((text) => Either.mapLeft(parseOrOff(text), (reason) => ConfigError.InvalidData([name], reason))),
    Config.withDescription(description)
  )

/** A whole number above 0. */
export const positive = (name: string, fallback: number, description: string): Config.Config<number> =>
  Config.integer(name).pipe(
    Config.validate({ message: "expected a whole number above 0", validation: (n) => n > 0 }),
    Config.withDefault(fallback),
    Config.withDescription(description)
  )

/** A switch. */
export const flag = (name: string, fallback: boolean, description: string): Config.Config<boolean> =>
  Config.boolean(name).pipe(Config.withDefault(fallback), Config.withDescription(description))
