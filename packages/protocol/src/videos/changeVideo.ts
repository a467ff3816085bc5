import { DisplayText, HostData, VideoAdmin } from "@runner-connector/core"
import { Effect, Option, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { PriorityField, VideoParams } from "./fields.ts"
import { makeReader } from "./reader.ts"
import type { ReadingNeeds } from "./readVideos.ts"
import { JobIds, VideoDocument } from "./VideoDocument.ts"

const record = { manages: true, limited: false, params: VideoParams, status: 200 } as const

export const changeVideo = endpoint({
  ...record,
  name: "changeVideo",
  method: "PATCH",
  path: "/videos/:uuid",
  summary: "Change the title, the metadata or the priority of a video; absent members stay",
  body: "strictJson",
  request: Schema.Struct({
    /** Null removes the title. */
    title: Schema.optionalWith(Schema.NullOr(DisplayText.DisplayText), { exact: true }),
    metadata: Schema.optionalWith(HostData.GivenMetadata.annotations({ jsonSchema: { type: "object" } }), {
      exact: true
    }),
    /** Moves the jobs that are not completed, too. */
    priority: Schema.optionalWith(PriorityField, { exact: true })
  }),
  response: VideoDocument,
  problems: [404]
})

export const cancelVideo = endpoint({
  ...record,
  name: "cancelVideo",
  method: "POST",
  path: "/videos/:uuid/cancel",
  summary: "Cancel the open jobs of a video, also those that no runner can do",
  response: JobIds,
  problems: [404]
})

export const retryVideo = endpoint({
  ...record,
  name: "retryVideo",
  method: "POST",
  path: "/videos/:uuid/retry",
  summary: "Retry the failed and cancelled jobs of a video",
  response: JobIds,
  problems: [400, 404, 409]
})

/** Answers `changeVideo`. */
export const handleChangeVideo: Effect.Effect<Handler, never, Reception | VideoAdmin.VideoAdmin | ReadingNeeds> =
  Effect.gen(function* () {
    const { change } = yield* VideoAdmin.VideoAdmin
    const { one } = yield* makeReader
    return yield* respondWithDocument(changeVideo, {
      run: Effect.fnUntraced(function* (call) {
        const { metadata, priority, title } = call.body
        const video = yield* change(call.params.uuid, {
          ...(title === undefined ? {} : { title: Option.fromNullable(title) }),
          ...(metadata === undefined ? {} : { metadata }),
          ...(priority === undefined ? {} : { priority })
        })
        return yield* one(call, video)
      })
    })
  })

const jobIds = (jobs: ReadonlyArray<{ readonly id: string }>) => ({ jobs: jobs.map(({ id }) => ({ uuid: id })) })

/** Answers `cancelVideo`. */
export const handleCancelVideo: Effect.Effect<Handler, never, Reception | VideoAdmin.VideoAdmin> = Effect.flatMap(
  VideoAdmin.VideoAdmin,
  ({ cancelJobs }) =>
    respondWithDocument(cancelVideo, { run: ({ params }) => Effect.map(cancelJobs(params.uuid), jobIds) })
)

/** Answers `retryVideo`. */
export const handleRetryVideo: Effect.Effect<Handler, never, Reception | VideoAdmin.VideoAdmin> = Effect.flatMap(
  VideoAdmin.VideoAdmin,
  ({ retryJobs }) =>
    respondWithDocument(retryVideo, { run: ({ params }) => Effect.map(retryJobs(params.uuid), jobIds) })
)
