import { Ids, Runner } from "@runner-connector/core"
import { type JSONSchema, Schema } from "effect"

/** Text without NUL, which databases reject, and without lone surrogates, which UTF-8 cannot encode. */
export const CleanText = Schema.String.pipe(
  Schema.filter((text) => (!text.includes("\u0000") && text.isWellFormed()) || "expected well-formed text without NUL")
)

/** Text of one to `maxLength` characters. */
const shortText = (maxLength: number) =>
  CleanText.pipe(Schema.minLength(1), Schema.maxLength(maxLength)).annotations({
    jsonSchema: { type: "string", minLength: 1, maxLength }
  })

const TokenText = shortText(1000)

/** Whether the value can be a token. Cheaper than `Token`, for checks that keep it no longer. */
export const isTokenText = Schema.is(TokenText)

/** A token of 1 to 1000 characters. Its type keeps it out of logs. */
export const Token = Schema.Redacted(TokenText).annotations({ identifier: "Token" })

export const RunnerName = shortText(100)
export const RunnerDescription = shortText(1000)
export const Version = Runner.RunnerVersion.annotations({
  identifier: "Version",
  title: "A version",
  description: "Such as 0.4.0 or 1.0.0-rc.2"
})

/**
 * Reasons and error messages. Any text is accepted, made storable and cut to 5000 characters. PeerTube rejects empty and long
 * ones, and the runner's job then hangs.
 */
export const Message = Schema.transform(Schema.String, Schema.String, {
  strict: true,
  decode: (text) => text.replaceAll("\u0000", "\uFFFD").slice(0, 5000).toWellFormed(),
  encode: (text) => text
})

/** A whole number from 0 to 100. Forms send it as text. */
export const Progress = Schema.Union(Schema.Int, Schema.String.pipe(Schema.pattern(/^\d{1,3}$/), Schema.parseNumber))
  .pipe(Schema.int(), Schema.between(0, 100))
  .annotations({ jsonSchema: { type: "integer", minimum: 0, maximum: 100 } })

/** A moment in ISO 8601, in UTC. */
export const Moment = Schema.String.annotations({ jsonSchema: { type: "string", format: "date-time" } })

/** The UUID of a job. PeerTube uses version 4 only. */
export const uuidV4: RegExp = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

/** The path parameter of endpoints about one job. */
export const JobParams = Schema.Struct({
  jobUUID: Ids.JobId.pipe(Schema.pattern(uuidV4)).annotations({
    jsonSchema: { type: "string", format: "uuid" }
  })
})

/** The number of a runner or a registration token in a path. */
export const numberIn = <A extends number>(id: Schema.Schema<A, number>) =>
  Schema.String.pipe(
    Schema.pattern(/^-?\d{1,10}$/),
    Schema.parseNumber,
    Schema.between(-(2 ** 31), 2 ** 31 - 1),
    Schema.compose(id)
  ).annotations({ jsonSchema: { type: "integer" } })

/** An object whose members depend on the job type. */
export const AnyObject = Schema.Unknown.annotations({ jsonSchema: { type: "object" } })

/** The members of `update` and `success` that depend on the type of the job. */
export const Payload = Schema.optional(
  Schema.Record({ key: Schema.String, value: Schema.Unknown }).annotations({ jsonSchema: { type: "object" } })
)

/** A filter of a query: one value or several. The name may be repeated and may end in brackets. */
export const oneOf = <A, I>(
  item: Schema.Schema<A, I>,
  values: JSONSchema.JsonSchema7Enum | JSONSchema.JsonSchema7Integer
) => Schema.optional(Schema.ArrayEnsure(item).annotations({ jsonSchema: { type: "array", items: values } }))

/** `true` or `false` in a query. */
export const BooleanText = Schema.transformLiterals(["true", true], ["false", false]).annotations({
  jsonSchema: { type: "boolean" }
})

/** The tokens of a job's lease. */
export const LeaseTokens = { runnerToken: Token, jobToken: Token }
