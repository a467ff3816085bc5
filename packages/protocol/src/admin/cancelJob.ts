import { JobAdmin } from "@runner-connector/core"
import { Effect } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { JobParams } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"

export const cancelJob = endpoint({
  name: "cancelJob",
  method: "POST",
  path: "/api/v1/runners/jobs/:jobUUID/cancel",
  summary: "Cancel a job that is pending, processing or waiting, and every job that waits for it",
  admin: true,
  params: JobParams,
  status: 204,
  problems: [404]
})

/** Answers `cancelJob`. */
export const handleCancelJob: Effect.Effect<Handler, never, Reception | JobAdmin.JobAdmin> = Effect.flatMap(
  JobAdmin.JobAdmin,
  (jobs) => respondWithDocument(cancelJob, { run: ({ params }) => jobs.cancel(params.jobUUID) })
)
