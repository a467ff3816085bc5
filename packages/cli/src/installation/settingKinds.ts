import { Config, ConfigError, Either, Option, Redacted } from "effect"

/** A switch. */
export const onOff: (name: string) => Config.Config<"on" | "off"> = Config.literal("on", "off")

/** None when the variable is unset. An invalid value still fails. */
export const optional = <A>(config: Config.Config<A>): Config.Config<Option.Option<A>> => Config.option(config)

/** An empty variable counts as unset. Compose files and shells set such variables. */
export const present = <A extends string>(config: Config.Config<A>): Config.Config<Option.Option<A>> =>
  Config.map(
    optional(config),
    Option.filter((value) => value !== "")
  )

/** A whole number above 0. */
export const positive = (name: string): Config.Config<number> =>
  Config.integer(name).pipe(
    Config.validate({ message: "expected a whole number above 0", validation: (number) => number > 0 })
  )

/** A text that reaches neither a log nor the settings document. An empty one counts as unset. */
export const secret = (name: string): Config.Config<Option.Option<Redacted.Redacted<string>>> =>
  Config.map(
    optional(Config.redacted(name)),
    Option.filter((value) => Redacted.value(value) !== "")
  )

/** A described text that `parse` reads, or the reason why it cannot. None when the variable is unset or empty. */
export const parsed = <A>(
  name: string,
  description: string,
  parse: (text: string) => Either.Either<A, string>
): Config.Config<Option.Option<A>> =>
  Config.mapOrFail(present(Config.withDescription(Config.string(name), description)), (text) =>
    Either.mapLeft(Either.transposeMapOption(text, parse), (reason) => ConfigError.InvalidData([name], reason))
  )
