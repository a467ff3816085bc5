import { Ids, JobAdmin, Transcoding } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { VideoParams } from "./fields.ts"
import { JobIds } from "./VideoDocument.ts"

export const ensureRenditions = endpoint({
  name: "ensureRenditions",
  method: "POST",
  path: "/videos/:uuid/renditions",
  summary: "Make the renditions of the settings that the video lacks",
  manages: true,
  limited: false,
  params: VideoParams,
  status: 200,
  response: JobIds,
  problems: [404, 409, 422]
})

export const retryJob = endpoint({
  name: "retryJob",
  method: "POST",
  path: "/jobs/:uuid/retry",
  summary: "Try a failed or cancelled job again",
  admin: true,
  params: Schema.Struct({ uuid: Ids.JobId }),
  status: 204,
  problems: [404, 409]
})

/** Answers `ensureRenditions`. */
export const handleEnsureRenditions: Effect.Effect<Handler, never, Reception | Transcoding.Transcoding> =
  Effect.flatMap(Transcoding.Transcoding, (transcoding) =>
    respondWithDocument(ensureRenditions, {
      run: ({ params }) =>
        Effect.map(transcoding.ensureRenditions(params.uuid), (made) => ({
          jobs: made.map(({ id }) => ({ uuid: id }))
        }))
    })
  )

/** Answers `retryJob`. */
export const handleRetryJob: Effect.Effect<Handler, never, Reception | JobAdmin.JobAdmin> = Effect.flatMap(
  JobAdmin.JobAdmin,
  ({ retry }) => respondWithDocument(retryJob, { run: ({ params }) => retry(params.uuid) })
)
