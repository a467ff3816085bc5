import { Ids, JobAdmin } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { problemOf, type WireError } from "../http/Problem.ts"
import { PriorityField } from "../videos/fields.ts"

const MAX_JOBS = 100

const Result = Schema.Struct({
  uuid: Schema.String,
  /** 204, or the status of the refusal. */
  status: Schema.Int,
  detail: Schema.NullOr(Schema.String)
}).annotations({ identifier: "BulkResult" })

const Action = Schema.Literal("cancel", "retry", "delete", "prioritize")
type Action = typeof Action.Type

const Request = Schema.Struct({
  action: Action,
  jobs: Schema.Array(Ids.JobId).pipe(Schema.maxItems(MAX_JOBS)),
  /** The new priority, with `prioritize`. */
  priority: Schema.optional(PriorityField)
}).pipe(
  Schema.filter(
    ({ action, priority }) =>
      (action === "prioritize") === (priority !== undefined) || "expected a priority with prioritize, and only with it"
  )
)

export const changeJobs = endpoint({
  name: "changeJobs",
  method: "POST",
  path: "/jobs/bulk",
  summary: "Cancel, retry, delete or prioritize several jobs; each has its own result",
  admin: true,
  body: "strictJson",
  request: Request,
  status: 200,
  response: Schema.Struct({ results: Schema.Array(Result) })
})

/** Answers `changeJobs`. One after the other, because jobs of one video would conflict. */
export const handleChangeJobs: Effect.Effect<Handler, never, Reception | JobAdmin.JobAdmin> = Effect.flatMap(
  JobAdmin.JobAdmin,
  ({ cancel, changePriority, remove, retry }) => {
    const actions: Readonly<Record<Action, (id: Ids.JobId, priority: number) => Effect.Effect<void, WireError>>> = {
      cancel,
      retry,
      delete: remove,
      prioritize: changePriority
    }
    const change = ({ action, priority = 0 }: typeof Request.Type, id: Ids.JobId): Effect.Effect<typeof Result.Type> =>
      Effect.match(actions[action](id, priority), {
        onSuccess: () => ({ uuid: id, status: 204, detail: null }),
        onFailure: (error) => {
          const { detail, status } = problemOf(error)
          return { uuid: id, status, detail }
        }
      })
    return respondWithDocument(changeJobs, {
      run: ({ body }) =>
        Effect.map(
          Effect.forEach(body.jobs, (id) => change(body, id)),
          (results) => ({ results })
        )
    })
  }
)
