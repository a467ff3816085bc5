import { Schema } from "effect"

/** What runners tell errors apart by. */
export const ProblemCode = Schema.Literal(
  "unknown_runner_token",
  "runner_job_not_in_pending_state",
  "runner_job_not_in_processing_state"
)
export type ProblemCode = typeof ProblemCode.Type

/** The members of RFC 9457 and those that PeerTube adds: `error` for old runners, `code`, `invalid-params`. */
export const ProblemDocument = Schema.Struct({
  /** An address with the code, or `about:blank`. */
  type: Schema.String,
  /** The reason of the status; where there is no code. */
  title: Schema.optional(Schema.String),
  status: Schema.Int,
  /** A sentence for people. */
  detail: Schema.String,
  error: Schema.String,
  code: Schema.optional(ProblemCode),
  /** The path of the request; where parameters are wrong. */
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
