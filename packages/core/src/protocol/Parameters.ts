import { Effect, ParseResult, Schema } from "effect"
import { type InvalidParameter, InvalidParameters } from "./ProtocolErrors.ts"

type Location = InvalidParameter["location"]

/** What is wrong, by name; the formatter's own messages show what was sent and are left out. */
const toInvalid =
  (location: Location) =>
  (error: ParseResult.ParseError): InvalidParameters => {
    const found = new Map<string, InvalidParameter>()
    for (const issue of ParseResult.ArrayFormatter.formatErrorSync(error)) {
      const path = issue.path.map(String).join(".") || location
      if (!found.has(path))
        found.set(path, { path, location, msg: issue._tag === "Missing" ? "Missing" : "Invalid value" })
    }
    return new InvalidParameters({ parameters: Array.from(found.values()) })
  }

const decode = <A, I>(schema: Schema.Schema<A, I>, location: Location, input: unknown) =>
  Effect.mapError(Schema.decodeUnknown(schema, { errors: "all" })(input), toInvalid(location))

const unescape = (name: string, text: string): Effect.Effect<string, InvalidParameters> =>
  Effect.try({
    try: () => decodeURIComponent(text),
    catch: () => new InvalidParameters({ parameters: [{ path: name, location: "params", msg: "Invalid value" }] })
  })

/** The parameters of a path, which stand in it percent-encoded once. */
export const ofPath = <A, I>(
  schema: Schema.Schema<A, I>,
  encoded: Readonly<Record<string, string>>
): Effect.Effect<A, InvalidParameters> =>
  Effect.flatMap(
    Effect.all(Object.fromEntries(Object.entries(encoded).map(([name, text]) => [name, unescape(name, text)]))),
    (params) => decode(schema, "params", params)
  )

/** The parameters behind the question mark of an address. */
export const ofQuery = <A, I>(schema: Schema.Schema<A, I>, request: Request): Effect.Effect<A, InvalidParameters> =>
  decode(schema, "query", Object.fromEntries(new URL(request.url).searchParams))

/** The parameters of a body that was read. */
export const ofBody = <A, I>(schema: Schema.Schema<A, I>, body: object): Effect.Effect<A, InvalidParameters> =>
  decode(schema, "body", body)
