import { Ids, JobAdmin } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { BulkResults, bulkFields, changeEach, checkPriority, idsOf } from "../api/bulk.ts"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"

export const changeJobs = endpoint({
  name: "changeJobs",
  method: "POST",
  path: "/jobs/bulk",
  summary: "Cancel, retry, delete or prioritize several jobs; each has its own result",
  admin: true,
  body: "strictJson",
  request: Schema.Struct({ ...bulkFields, jobs: idsOf(Ids.JobId) }).pipe(Schema.filter(checkPriority)),
  status: 200,
  response: BulkResults
})

/** Answers `changeJobs`. */
export const handleChangeJobs: Effect.Effect<Handler, never, Reception | JobAdmin.JobAdmin> = Effect.flatMap(
  JobAdmin.JobAdmin,
  ({ cancel, changePriority, remove, retry }) => {
    const calls = { cancel, retry, delete: remove, prioritize: changePriority }
    return respondWithDocument(changeJobs, { run: ({ body }) => changeEach(calls, body, body.jobs) })
  }
)
