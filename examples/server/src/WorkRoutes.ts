import { AdminAccess as Administration, Ids, JobAdmin, Transcoding } from "@runner-connector/core"
import { bearerOf, Parameters } from "@runner-connector/protocol"
import { Effect, Schema } from "effect"
import type { AdminAccess } from "./AdminAccess.ts"
import { json, noContent, type Routes } from "./routes.ts"
import { guard, VideoParams } from "./VideoRoutes.ts"

const JobParams = Schema.Struct({ uuid: Ids.JobId })

/** Retries and missing renditions, which PeerTube's API does not have. */
export const workRoutes: Routes<AdminAccess | JobAdmin.JobAdmin | Transcoding.Transcoding> = [
  {
    method: "POST",
    path: "/videos/:uuid/renditions",
    answer: (request, params) =>
      Effect.gen(function* () {
        yield* guard(request)
        const { uuid } = yield* Parameters.ofPath(VideoParams, params)
        const transcoding = yield* Transcoding.Transcoding
        const made = yield* transcoding.ensureRenditions(uuid)
        return json({ jobs: made.map(({ id }) => ({ uuid: id })) })
      })
  },
  {
    method: "POST",
    path: "/jobs/:uuid/retry",
    answer: (request, params) =>
      Effect.gen(function* () {
        const { check } = yield* Administration.AdminAccess
        yield* check(bearerOf(request))
        const { uuid } = yield* Parameters.ofPath(JobParams, params)
        const jobs = yield* JobAdmin.JobAdmin
        yield* jobs.retry(uuid)
        return noContent()
      })
  }
]
