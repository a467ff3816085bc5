import { Ids, JobAdmin, Transcoding } from "@runner-connector/core"
import { Parameters } from "@runner-connector/protocol"
import { Effect, Schema } from "effect"
import { type Guards, guard, requireAdministrator } from "./guard.ts"
import { json, noContent, type Routes } from "./routes.ts"
import { VideoParams } from "./VideoRoutes.ts"

const JobParams = Schema.Struct({ uuid: Ids.JobId })

/** Retries and missing renditions, which PeerTube's runner API does not have. */
export const workRoutes: Routes<Guards | JobAdmin.JobAdmin | Transcoding.Transcoding> = [
  {
    method: "POST",
    path: "/videos/:uuid/renditions",
    answer: (request, params, client) =>
      Effect.gen(function* () {
        yield* guard(request, client)
        const { uuid } = yield* Parameters.ofPath(VideoParams, params)
        const transcoding = yield* Transcoding.Transcoding
        const made = yield* transcoding.ensureRenditions(uuid)
        return json({ jobs: made.map(({ id }) => ({ uuid: id })) })
      })
  },
  {
    method: "POST",
    path: "/jobs/:uuid/retry",
    answer: (request, params, client) =>
      Effect.gen(function* () {
        yield* requireAdministrator(request, client)
        const { uuid } = yield* Parameters.ofPath(JobParams, params)
        const jobs = yield* JobAdmin.JobAdmin
        yield* jobs.retry(uuid)
        return noContent()
      })
  }
]
