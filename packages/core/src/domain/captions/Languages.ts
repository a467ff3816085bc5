import { Either, Option, Schema } from "effect"
import { quoted } from "../ForeignText.ts"

/** A text that is no language code. */
export class InvalidLanguage extends Schema.TaggedError<InvalidLanguage>()("InvalidLanguage", {
  text: Schema.String
}) {
  override get message(): string {
    return `${quoted(this.text)} is no language code such as "en" or "pt-BR"`
  }
}

/** A language that the host does not offer. */
export class LanguageNotOffered extends Schema.TaggedError<LanguageNotOffered>()("LanguageNotOffered", {
  language: Schema.String
}) {
  override get message(): string {
    return `The language ${this.language} is not offered`
  }
}

/** What every program that keeps language codes must have room for. */
const MAX_LENGTH = 35

const canonicalLocales = Option.liftThrowable((text: string) => Intl.getCanonicalLocales(text))

const respelled = (text: string): Option.Option<string> =>
  text.length > MAX_LENGTH ? Option.none() : Option.flatMapNullable(canonicalLocales(text), ([code]) => code)

/** None too for a spelling that the runtime would change once more: a code must stay as it is. */
const canonical = (text: string): Option.Option<string> =>
  Option.filter(respelled(text), (code) => Option.contains(respelled(code), code))

/**
 * A well-formed BCP 47 code in its canonical spelling, such as `pt-BR`: at most 35 letters, digits and hyphens, so that
 * it fits unescaped into an address and a playlist. Nobody says that the language exists.
 */
export const Language = Schema.String.pipe(
  Schema.filter((text) => Option.contains(canonical(text), text) || "expected a canonical language code"),
  Schema.brand("Language")
)
export type Language = typeof Language.Type

/** Reads a code in any spelling. Codes that were replaced, such as `iw`, become those that replace them. */
export const parseLanguage = (text: string): Either.Either<Language, InvalidLanguage> =>
  Option.match(canonical(text), {
    onNone: () => Either.left(new InvalidLanguage({ text })),
    onSome: (code) => Either.right(Language.make(code))
  })

/** The same, but only languages of the list; without a list all languages. */
export const parseOffered = (
  text: string,
  offered: Option.Option<ReadonlyArray<Language>>
): Either.Either<Language, InvalidLanguage | LanguageNotOffered> =>
  Either.flatMap(parseLanguage(text), (language) =>
    Option.exists(offered, (languages) => !languages.includes(language))
      ? Either.left(new LanguageNotOffered({ language }))
      : Either.right(language)
  )

/** The name of a language for people to read, in English unless said otherwise; the code when it has none. */
export const languageLabel = (language: Language, shownIn: Language = Language.make("en")): string =>
  new Intl.DisplayNames([shownIn], { type: "language" }).of(language) ?? language
