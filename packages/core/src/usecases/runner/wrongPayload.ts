import { ParseResult } from "effect"
import { InvalidPayload } from "../errors.ts"

/** Names the fields that are missing or invalid, never their values. */
export const wrongPayload = (error: ParseResult.ParseError): InvalidPayload => {
  const paths = ParseResult.ArrayFormatter.formatErrorSync(error).map(({ path }) => path.join("."))
  return new InvalidPayload({ detail: `Missing or invalid payload fields: ${[...new Set(paths)].join(", ")}` })
}
