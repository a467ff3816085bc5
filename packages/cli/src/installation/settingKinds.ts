import { Config, ConfigError, Either, type Option, type Redacted } from "effect"

/** A switch. */
export const onOff: (name: string) => Config.Config<"on" | "off"> = Config.literal("on", "off")

/** None when the variable is unset. An invalid value still fails. */
export const optional = <A>(config: Config.Config<A>): Config.Config<Option.Option<A>> => Config.option(config)

/** A whole number above 0. */
export const positive = (name: string): Config.Config<number> =>
  Config.integer(name).pipe(
    Config.validate({ message: "expected a whole number above 0", validation: (number) => number > 0 })
  )

/** A text that reaches neither a log nor the settings document. */
export const secret = (name: string): Config.Config<Option.Option<Redacted.Redacted<string>>> =>
  optional(Config.redacted(name))

/** A described text that `parse` reads, or the reason why it cannot. None when the variable is unset. */
export const parsed = <A>(
  name: string,
  description: string,
  parse: (text: string) => Either.Either<A, string>
): Config.Config<Option.Option<A>> =>
  Config.mapOrFail(optional(Config.withDescription(Config.string(name), description)), (text) =>
    Either.mapLeft(Either.transposeMapOption(text, parse), (reason) => ConfigError.InvalidData([name], reason))
  )
