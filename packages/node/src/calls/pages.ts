import { Effect, Schema } from "effect"
import type { PageOptions } from "../api/Page.ts"
import { InvalidRequest } from "../errors/index.ts"

const Request = Schema.Struct({
  start: Schema.Int.pipe(Schema.nonNegative()),
  count: Schema.Int.pipe(Schema.between(0, 100))
})

/** The page with its defaults. */
export const pageOf = ({
  count = 15,
  start = 0
}: PageOptions = {}): Effect.Effect<{ readonly start: number; readonly count: number }, InvalidRequest> =>
  Effect.mapError(
    Schema.decodeUnknown(Request)({ start, count }),
    () => new InvalidRequest({ message: "expected start from 0, and count from 0 to 100" })
  )
