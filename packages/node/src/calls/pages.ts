import { Effect, Schema } from "effect"
import { InvalidRequest } from "../errors/index.ts"

/** The requested part of a list. */
export interface PageOptions {
  /** How many to skip. Default: 0. */
  readonly start?: number | undefined
  /** How many to return at most, up to 100. Default: 15. */
  readonly count?: number | undefined
}

/** A part of a list. */
export interface Page<A> {
  /** The length of the whole list. */
  readonly total: number
  readonly data: ReadonlyArray<A>
}

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
