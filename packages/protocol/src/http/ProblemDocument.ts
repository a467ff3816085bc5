import { Schema } from "effect"

/** The codes by which runners distinguish errors. */
export const ProblemCode = Schema.Literal(
  "unknown_runner_token",
  "runner_job_not_in_pending_state",
  "runner_job_not_in_processing_state"
)
export type ProblemCode = typeof ProblemCode.Type

/** The members of RFC 9457, and PeerTube's: `error` for old runners, `code`, `invalid-params`. */
export const ProblemDocument = Schema.Struct({
  /** A URL that ends with the code, or `about:blank`. */
  type: Schema.String,
  /** The reason phrase of the status. Absent if there is a code. */
  title: Schema.optional(Schema.String),
  status: Schema.Int,
  /** A sentence. */
  detail: Schema.String,
  error: Schema.String,
  code: Schema.optional(ProblemCode),
  /** The path of the request. Present if parameters are invalid. */
  instance: Schema.optional(Schema.String),
  "invalid-params": Schema.optional(
    Schema.Record({
      key: Schema.String,
      value: Schema.Struct({
        type: Schema.Literal("field"),
        msg: Schema.String,
        path: Schema.String,
        location: Schema.Literal("body", "params", "query")
      })
    })
  )
}).annotations({ identifier: "Problem" })
export type ProblemDocument = typeof ProblemDocument.Type
