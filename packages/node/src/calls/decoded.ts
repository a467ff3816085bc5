import { Effect, ParseResult, Schema, type SchemaAST } from "effect"
import { InvalidRequest } from "../errors/index.ts"

/** Decodes a value of the application. The error lists all faults. */
export const decoded = <A, I>(
  schema: Schema.Schema<A, I>,
  given: unknown,
  options: SchemaAST.ParseOptions = {}
): Effect.Effect<A, InvalidRequest> =>
  Effect.mapError(
    Schema.decodeUnknown(schema, { errors: "all", ...options })(given),
    (error) => new InvalidRequest({ message: ParseResult.TreeFormatter.formatErrorSync(error) })
  )
