import { Errors, FileNames, Ids, JobAdmin, type Persistence, VideoStore } from "@runner-connector/core"
import { Effect, Option, Schema } from "effect"
import { type DocumentNeeds, ListedJob, makeDocuments } from "../admin/listJobs.ts"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"

/** A job with its video. */
export const JobDetails = Schema.Struct({
  ...ListedJob.fields,
  /** Its name is null when the video was deleted. */
  video: Schema.NullOr(Schema.Struct({ uuid: Schema.String, name: Schema.NullOr(Schema.String) }))
}).annotations({ identifier: "JobDetails" })

export const getJob = endpoint({
  name: "getJob",
  method: "GET",
  path: "/jobs/:uuid",
  summary: "Show a job with its attempts, its payload without secrets, and the reason why it waits",
  admin: true,
  params: Schema.Struct({ uuid: Ids.JobId }),
  status: 200,
  response: JobDetails,
  problems: [404]
})

/** What the documents of single jobs need. */
export type DetailNeeds = DocumentNeeds | VideoStore.VideoStore

/** Makes the document of one job. */
export const makeJobDetails: Effect.Effect<
  (id: Ids.JobId) => Effect.Effect<typeof JobDetails.Type, Errors.UnknownJob | Persistence.PersistenceError>,
  never,
  DetailNeeds
> = Effect.gen(function* () {
  const { list } = yield* JobAdmin.JobAdmin
  const { find } = yield* VideoStore.VideoStore
  const documentsOf = yield* makeDocuments

  const videoOf = (id: Ids.VideoId) =>
    Effect.map(find(id), (video) => ({
      uuid: id,
      name: Option.getOrNull(Option.map(video, FileNames.displayName))
    }))

  return Effect.fnUntraced(function* (id: Ids.JobId) {
    const { data } = yield* list({ start: 0, count: 1, id })
    const [job] = data
    const [document] = yield* documentsOf(data)
    if (job === undefined || document === undefined) return yield* new Errors.UnknownJob({ id })
    const video = Option.getOrNull(yield* Effect.transposeMapOption(job.videoId, videoOf))
    return { ...document, video }
  })
})

/** Answers `getJob`. */
export const handleGetJob: Effect.Effect<Handler, never, Reception | DetailNeeds> = Effect.flatMap(
  makeJobDetails,
  (detailsOf) => respondWithDocument(getJob, { run: ({ params }) => detailsOf(params.uuid) })
)
