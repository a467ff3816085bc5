import { Ids, JobAdmin } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { PriorityField } from "../videos/fields.ts"
import { type DetailNeeds, JobDetails, makeJobDetails } from "./JobDetails.ts"

export const changeJob = endpoint({
  name: "changeJob",
  method: "PATCH",
  path: "/jobs/:uuid",
  summary: "Change the priority of an open job; of a rendition in chunks that of all its open chunks",
  admin: true,
  params: Schema.Struct({ uuid: Ids.JobId }),
  body: "strictJson",
  request: Schema.Struct({ priority: PriorityField }),
  status: 200,
  response: JobDetails,
  problems: [404, 409]
})

/** Answers `changeJob`. */
export const handleChangeJob: Effect.Effect<Handler, never, Reception | DetailNeeds> = Effect.gen(function* () {
  const { changePriority } = yield* JobAdmin.JobAdmin
  const detailsOf = yield* makeJobDetails
  return yield* respondWithDocument(changeJob, {
    run: ({ body, params }) => Effect.zipRight(changePriority(params.uuid, body.priority), detailsOf(params.uuid))
  })
})
