import { Either, Option, Schema } from "effect"
import { quoted } from "../ForeignText.ts"

/** The text is not a language code. */
export class InvalidLanguage extends Schema.TaggedError<InvalidLanguage>()("InvalidLanguage", {
  text: Schema.String
}) {
  override get message(): string {
    return `${quoted(this.text)} is not a language code such as "en" or "pt-BR"`
  }
}

/** The host does not offer this language. */
export class LanguageNotOffered extends Schema.TaggedError<LanguageNotOffered>()("LanguageNotOffered", {
  language: Schema.String
}) {
  override get message(): string {
    return `The language ${this.language} is not offered`
  }
}

/** The longest code that every program must support. */
const MAX_LENGTH = 35

const canonicalLocales = Option.liftThrowable((text: string) => Intl.getCanonicalLocales(text))

const respelled = (text: string): Option.Option<string> =>
  text.length > MAX_LENGTH ? Option.none() : Option.flatMapNullable(canonicalLocales(text), ([code]) => code)

/** Also none for a spelling that the runtime would change again, because a code must be stable. */
const canonical = (text: string): Option.Option<string> =>
  Option.filter(respelled(text), (code) => Option.contains(respelled(code), code))

/**
 * A well-formed BCP 47 code in its canonical spelling, such as `pt-BR`: at most 35 letters, digits and hyphens, so that
 * it needs no escaping in a URL or a playlist. The language need not exist.
 */
export const Language = Schema.String.pipe(
  Schema.filter((text) => Option.contains(canonical(text), text) || "expected a canonical language code"),
  Schema.brand("Language")
)
export type Language = typeof Language.Type

/** Reads a code in any spelling. Replaced codes, such as `iw`, become their replacements. */
export const parseLanguage = (text: string): Either.Either<Language, InvalidLanguage> =>
  Option.match(canonical(text), {
    onNone: () => Either.left(new InvalidLanguage({ text })),
    onSome: (code) => Either.right(Language.make(code))
  })

/** The same for the languages of a list. Without a list all languages are allowed. */
export const parseOffered = (
  text: string,
  offered: Option.Option<ReadonlyArray<Language>>
): Either.Either<Language, InvalidLanguage | LanguageNotOffered> =>
  Either.flatMap(parseLanguage(text), (language) =>
    Option.exists(offered, (languages) => !languages.includes(language))
      ? Either.left(new LanguageNotOffered({ language }))
      : Either.right(language)
  )

/** The display name of a language, in English by default. The code when there is no name. */
export const languageLabel = (language: Language, shownIn: Language = Language.make("en")): string =>
  new Intl.DisplayNames([shownIn], { type: "language" }).of(language) ?? language
