import { Ids, JobAdmin } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { problemOf, type WireError } from "../http/Problem.ts"

const MAX_JOBS = 100

const Result = Schema.Struct({
  uuid: Schema.String,
  /** 204, or the status of the refusal. */
  status: Schema.Int,
  detail: Schema.NullOr(Schema.String)
}).annotations({ identifier: "BulkResult" })

const Action = Schema.Literal("cancel", "retry", "delete")
type Action = typeof Action.Type

export const changeJobs = endpoint({
  name: "changeJobs",
  method: "POST",
  path: "/jobs/bulk",
  summary: "Cancel, retry or delete several jobs; each has its own result",
  admin: true,
  body: "strictJson",
  request: Schema.Struct({
    action: Action,
    jobs: Schema.Array(Ids.JobId).pipe(Schema.maxItems(MAX_JOBS))
  }),
  status: 200,
  response: Schema.Struct({ results: Schema.Array(Result) })
})

/** Answers `changeJobs`. One after the other, because jobs of one video would conflict. */
export const handleChangeJobs: Effect.Effect<Handler, never, Reception | JobAdmin.JobAdmin> = Effect.flatMap(
  JobAdmin.JobAdmin,
  ({ cancel, remove, retry }) => {
    const actions: Readonly<Record<Action, (id: Ids.JobId) => Effect.Effect<void, WireError>>> = {
      cancel,
      retry,
      delete: remove
    }
    const change = (action: Action, id: Ids.JobId): Effect.Effect<typeof Result.Type> =>
      Effect.match(actions[action](id), {
        onSuccess: () => ({ uuid: id, status: 204, detail: null }),
        onFailure: (error) => {
          const { detail, status } = problemOf(error)
          return { uuid: id, status, detail }
        }
      })
    return respondWithDocument(changeJobs, {
      run: ({ body: { action, jobs } }) =>
        Effect.map(
          Effect.forEach(jobs, (id) => change(action, id)),
          (results) => ({ results })
        )
    })
  }
)
