import { JobAdmin } from "@runner-connector/core"
import { Effect } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { JobParams } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"

export const deleteJob = endpoint({
  name: "deleteJob",
  method: "DELETE",
  path: "/api/v1/runners/jobs/:jobUUID",
  summary: "Remove a job and every job that waits for it; open ones are cancelled first",
  admin: true,
  params: JobParams,
  status: 204,
  problems: [404]
})

/** Answers `deleteJob`. */
export const handleDeleteJob: Effect.Effect<Handler, never, Reception | JobAdmin.JobAdmin> = Effect.flatMap(
  JobAdmin.JobAdmin,
  (jobs) => respondWithDocument(deleteJob, { run: ({ params }) => jobs.remove(params.jobUUID) })
)
