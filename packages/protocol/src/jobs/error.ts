import { RunnerJobs } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { JobParams, LeaseTokens, Message } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { leaseCall } from "./leaseCall.ts"

export const error = endpoint({
  name: "error",
  method: "POST",
  path: "/api/v1/runners/jobs/:jobUUID/error",
  summary: "Report that an attempt failed",
  // Runners send this report once. A job whose report is lost stays processing.
  limited: false,
  params: JobParams,
  body: "json",
  request: Schema.Struct({ ...LeaseTokens, message: Message }),
  status: 204,
  problems: [404]
})

/** Answers `error`. */
export const handleError: Effect.Effect<Handler, never, Reception | RunnerJobs.RunnerJobs> = Effect.flatMap(
  RunnerJobs.RunnerJobs,
  (jobs) =>
    respondWithDocument(error, { run: (call) => jobs.error({ ...leaseCall(call), message: call.body.message }) })
)
