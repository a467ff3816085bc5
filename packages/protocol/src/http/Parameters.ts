import { Either, type ParseResult, Schema } from "effect"
import { searchOf } from "./matchPath.ts"
import { type InvalidParameter, InvalidParameters } from "./ProtocolErrors.ts"

type Location = InvalidParameter["location"]

/** Texts by the kind of an issue. */
const messages: Readonly<Record<string, string>> = { Missing: "Missing", Unexpected: "Unknown member" }

/** The invalid parameters that an answer lists, and the characters of each name: a body may have many and long ones. */
const MAX_LISTED = 20
const MAX_NAME = 100

type Leaf = readonly [path: ReadonlyArray<PropertyKey>, kind: ParseResult.ParseIssue["_tag"]]

/**
 * The paths of the issues. Effect's formatters would describe all issues first, which takes seconds for a body of one
 * megabyte.
 */
function* leavesOf(issue: ParseResult.ParseIssue, path: ReadonlyArray<PropertyKey> = []): Generator<Leaf> {
  if (issue._tag === "Pointer") {
    yield* leavesOf(issue.issue, path.concat(issue.path as PropertyKey | ReadonlyArray<PropertyKey>))
  } else if (issue._tag === "Composite") {
    for (const inner of [issue.issues].flat() as ReadonlyArray<ParseResult.ParseIssue>) yield* leavesOf(inner, path)
  } else if (issue._tag === "Refinement" || issue._tag === "Transformation") {
    yield* leavesOf(issue.issue, path)
  } else {
    yield [path, issue._tag]
  }
}

/** Lists the first invalid parameters by name. Values are left out. */
const toInvalid =
  (location: Location) =>
  (error: ParseResult.ParseError): InvalidParameters => {
    const found = new Map<string, InvalidParameter>()
    for (const [whole, kind] of leavesOf(error.issue)) {
      // A query parameter may have several values.
      const names = location === "query" ? whole.slice(0, 1) : whole
      const path = names.map(String).join(".").slice(0, MAX_NAME) || location
      if (!found.has(path)) found.set(path, { path, location, msg: messages[kind] ?? "Invalid value" })
      if (found.size === MAX_LISTED) break
    }
    return new InvalidParameters({ parameters: Array.from(found.values()) })
  }

type Decode = (input: unknown) => Either.Either<unknown, ParseResult.ParseError>

const makeDecoderOf = (onExcessProperty: "ignore" | "error") => {
  const decoders = new WeakMap<object, Decode>()
  return (schema: Schema.Schema.AnyNoContext): Decode => {
    const known = decoders.get(schema)
    if (known !== undefined) return known
    const made = Schema.decodeUnknownEither(schema, { errors: "all", onExcessProperty })
    decoders.set(schema, made)
    return made
  }
}

const decoderOf = makeDecoderOf("ignore")
const strictDecoderOf = makeDecoderOf("error")

const decode = <A, I>(
  schema: Schema.Schema<A, I>,
  location: Location,
  input: unknown,
  decoder = decoderOf
): Either.Either<A, InvalidParameters> =>
  Either.mapLeft(decoder(schema)(input) as Either.Either<A, ParseResult.ParseError>, toInvalid(location))

/** Decodes the parameters of a path, which are percent-encoded once. */
export const ofPath = <A, I>(
  schema: Schema.Schema<A, I>,
  encoded: Readonly<Record<string, string>>
): Either.Either<A, InvalidParameters> => {
  const params: Record<string, string> = {}
  for (const [name, text] of Object.entries(encoded)) {
    try {
      params[name] = decodeURIComponent(text)
    } catch {
      const invalid: InvalidParameter = { path: name, location: "params", msg: "Invalid value" }
      return Either.left(new InvalidParameters({ parameters: [invalid] }))
    }
  }
  return decode(schema, "params", params)
}

/** Clients often write brackets after a name that may be repeated. They have no other meaning. */
const brackets = /\[\d*\]$/

/** Returns the values by name: a text, or a list if the name is repeated or has brackets. */
const queryOf = (search: URLSearchParams): Readonly<Record<string, unknown>> => {
  const values = new Map<string, string | ReadonlyArray<string>>()
  for (const [written, value] of search) {
    const name = written.replace(brackets, "")
    const before = values.get(name)
    if (before === undefined && name === written) values.set(name, value)
    else values.set(name, [...(typeof before === "string" ? [before] : (before ?? [])), value])
  }
  return Object.fromEntries(values)
}

const withoutQuery = new WeakMap<object, Either.Either<unknown, InvalidParameters>>()

/** Most requests have no query, and all of them are decoded alike. */
const ofNoQuery = <A, I>(schema: Schema.Schema<A, I>): Either.Either<A, InvalidParameters> => {
  const decoded = withoutQuery.get(schema) ?? decode(schema, "query", {})
  withoutQuery.set(schema, decoded)
  return decoded as Either.Either<A, InvalidParameters>
}

/** Decodes the parameters of a query. */
export const ofQuery = <A, I>(schema: Schema.Schema<A, I>, request: Request): Either.Either<A, InvalidParameters> => {
  const search = searchOf(request)
  return search === "" ? ofNoQuery(schema) : decode(schema, "query", queryOf(new URLSearchParams(search)))
}

/** Decodes the parameters of a body. Other members are ignored: runners send more than they must. */
export const ofBody = <A, I>(schema: Schema.Schema<A, I>, body: object): Either.Either<A, InvalidParameters> =>
  decode(schema, "body", body)

/** Decodes the parameters of a body, and refuses other members by name: one may be a misspelt parameter. */
export const ofStrictBody = <A, I>(schema: Schema.Schema<A, I>, body: object): Either.Either<A, InvalidParameters> =>
  decode(schema, "body", body, strictDecoderOf)
