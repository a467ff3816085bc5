import { type FileStorage, Ids, type Removal, VideoAdmin, type VideoStore } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { type BulkCalls, BulkResults, bulkFields, changeEach, checkPriority, idsOf } from "../api/bulk.ts"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { makeDeleteVideo } from "./videos.ts"

export const changeVideos = endpoint({
  name: "changeVideos",
  method: "POST",
  path: "/videos/bulk",
  summary: "Cancel or retry the jobs of several videos, delete or prioritize the videos; each has its own result",
  manages: true,
  limited: false,
  body: "strictJson",
  request: Schema.Struct({ ...bulkFields, videos: idsOf(Ids.VideoId) }).pipe(Schema.filter(checkPriority)),
  status: 200,
  response: BulkResults
})

type Needs = Reception | VideoAdmin.VideoAdmin | Removal.Removal | VideoStore.VideoStore | FileStorage.FileStorage

/** Answers `changeVideos`. */
export const handleChangeVideos: Effect.Effect<Handler, never, Needs> = Effect.gen(function* () {
  const { cancelJobs, change, retryJobs } = yield* VideoAdmin.VideoAdmin
  const calls: BulkCalls<Ids.VideoId> = {
    cancel: cancelJobs,
    retry: retryJobs,
    delete: yield* makeDeleteVideo,
    prioritize: (id, priority) => change(id, { priority })
  }
  return yield* respondWithDocument(changeVideos, { run: ({ body }) => changeEach(calls, body, body.videos) })
})
