import { Option, ParseResult, Schema } from "effect"

/** The host's own id of a video: at most 200 characters without control characters. */
export const ExternalId: Schema.Schema<string> = Schema.String.pipe(
  Schema.minLength(1, { message: () => "expected at least 1 character" }),
  Schema.maxLength(200, { message: () => "expected at most 200 characters" }),
  Schema.pattern(/^[^\p{Cc}\p{Cs}]*$/u, { message: () => "expected text without control characters" })
)

/** The host's own facts about a video: a JSON object that the connector stores and returns, and never reads. */
export type Metadata = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The metadata as stored. */
export const Metadata: Schema.Schema<Metadata> = Schema.declare((value): value is Metadata => isObject(value), {
  identifier: "Metadata"
})

/** Bytes of the JSON text in UTF-8. */
const MAX_SIZE = 8192
/** Objects and arrays within each other. */
const MAX_DEPTH = 8

/** A database stores neither NUL characters nor half surrogates in JSON. */
const isStorable = (text: string): boolean => !/[\0\p{Cs}]/u.test(text)

/** JSON.parse and most languages read these names as something else than a name. */
const isName = (name: string): boolean => name !== "__proto__" && isStorable(name)

const encoder = new TextEncoder()

/** Why the value cannot be part of metadata. */
const faultIn = (value: unknown, depth: number): Option.Option<string> => {
  if (value === null || typeof value === "boolean") return Option.none()
  if (typeof value === "string")
    return isStorable(value) ? Option.none() : Option.some("expected text that JSON can hold")
  if (typeof value === "number") return Number.isFinite(value) ? Option.none() : Option.some("expected finite numbers")
  if (typeof value !== "object" || value instanceof Date) return Option.some("expected JSON values")
  if (depth > MAX_DEPTH) return Option.some(`expected at most ${MAX_DEPTH} levels`)
  const members = Array.isArray(value) ? value : Object.values(value).filter((member) => member !== undefined)
  if (!Array.isArray(value) && !Object.keys(value).every(isName))
    return Option.some("expected names that JSON can hold")
  return Option.firstSomeOf(members.map((member: unknown) => faultIn(member, depth + 1)))
}

const faultOf = (value: unknown): Option.Option<string> =>
  Option.orElse(isObject(value) ? faultIn(value, 1) : Option.some("expected an object"), () =>
    encoder.encode(JSON.stringify(value)).length > MAX_SIZE
      ? Option.some(`expected at most ${MAX_SIZE} bytes of JSON`)
      : Option.none()
  )

/**
 * The metadata in a request: at most 8 KiB of JSON in at most 8 levels. Members that are undefined are left out. The
 * result is a copy.
 */
export const GivenMetadata: Schema.Schema<Metadata, unknown> = Schema.transformOrFail(Schema.Unknown, Metadata, {
  strict: true,
  decode: (value, _, ast) =>
    Option.match(faultOf(value), {
      onNone: () => ParseResult.succeed(JSON.parse(JSON.stringify(value)) as Metadata),
      onSome: (fault) => ParseResult.fail(new ParseResult.Type(ast, undefined, fault))
    }),
  encode: ParseResult.succeed
})
