import { Effect, ParseResult, Schema } from "effect"
import { InvalidRequest } from "../errors/index.ts"

/** What the application gave, as the schema decodes it. The error lists what is wrong. */
export const decoded = <A, I>(schema: Schema.Schema<A, I>, given: unknown): Effect.Effect<A, InvalidRequest> =>
  Effect.mapError(
    Schema.decodeUnknown(schema, { errors: "all" })(given),
    (error) => new InvalidRequest({ message: ParseResult.TreeFormatter.formatErrorSync(error) })
  )
