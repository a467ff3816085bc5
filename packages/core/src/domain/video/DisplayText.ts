import { Option, Schema } from "effect"

/** The longest text in UTF-16 units. File systems end at 255. */
const MAX_LENGTH = 500

/**
 * A line of text for people, in any script, stored and returned unchanged. Marks for the direction of text are part of
 * it: show it isolated, as `<bdi>` and `dir="auto"` do. Control characters and half surrogates are refused.
 */
export const DisplayText: Schema.SchemaClass<string> = Schema.String.pipe(
  Schema.maxLength(MAX_LENGTH, { message: () => `expected at most ${MAX_LENGTH} characters` }),
  Schema.pattern(/^[^\p{Cc}\p{Cs}]*$/u, { message: () => "expected text without control characters" }),
  Schema.pattern(/\S/, { message: () => "expected text that is not blank" })
) as Schema.SchemaClass<string>

/** A folder before the name, as some clients send it. A backslash alone is a legal character of a name. */
const folder = /^(?:.*\/|(?:[A-Za-z]:\\|\\\\).*\\)/s

/** Cuts between characters. */
const shortened = (text: string): string =>
  text.length > MAX_LENGTH ? text.slice(0, MAX_LENGTH).replace(/\p{Cs}$/u, "") : text

/**
 * The name that a client gave its file, as a `DisplayText`. Replaces control characters by U+FFFD and cuts names that no
 * file system has. None when nothing is left.
 */
export const clientFileName = (name: string): Option.Option<string> =>
  Option.liftPredicate(shortened(name.replace(folder, "").replace(/[\p{Cc}\p{Cs}]/gu, "\u{fffd}")), (text) =>
    /\S/.test(text)
  )
