import { Config, ConfigError, Either, Option } from "effect"
import { type Language, parseLanguage } from "../domain/captions/Languages.ts"

const name = "TRANSCRIPTION_LANGUAGES"

const parse = (text: string): Either.Either<Language, ConfigError.ConfigError> =>
  Either.mapLeft(parseLanguage(text.trim()), ({ message }) => ConfigError.InvalidData([name], message))

/** `TRANSCRIPTION_LANGUAGES`: codes separated by commas, such as `en,pt-BR`. All languages when unset or empty. */
export const languagesConfig: Config.Config<Option.Option<ReadonlyArray<Language>>> = Config.string(name).pipe(
  Config.withDefault(""),
  Config.mapOrFail((text) =>
    text.trim() === "" ? Either.right(Option.none()) : Either.map(Either.all(text.split(",").map(parse)), Option.some)
  ),
  Config.withDescription("Default: all. Languages that captions may have, such as `en,pt-BR`.")
)
