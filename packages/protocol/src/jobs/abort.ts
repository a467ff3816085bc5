import { RunnerJobs } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { JobParams, LeaseTokens, Message } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { leaseCall } from "./leaseCall.ts"

export const abort = endpoint({
  name: "abort",
  method: "POST",
  path: "/api/v1/runners/jobs/:jobUUID/abort",
  summary: "Give a job back; no failure is counted",
  params: JobParams,
  body: "json",
  request: Schema.Struct({ ...LeaseTokens, reason: Message }),
  status: 204,
  problems: [404]
})

/** Answers `abort`. */
export const handleAbort: Effect.Effect<Handler, never, Reception | RunnerJobs.RunnerJobs> = Effect.flatMap(
  RunnerJobs.RunnerJobs,
  (jobs) => respondWithDocument(abort, { run: (call) => jobs.abort({ ...leaseCall(call), reason: call.body.reason }) })
)
