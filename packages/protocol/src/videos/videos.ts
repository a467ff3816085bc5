import { type FileStorage, type Ids, Removal, VideoStore } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { pageOf, readAfter } from "../admin/paging.ts"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { makeFindVideo, VideoParams } from "./fields.ts"
import { isUploadOf } from "./intake.ts"
import { makeReader } from "./reader.ts"
import type { ReadingNeeds } from "./readVideos.ts"
import { VideoDocument } from "./VideoDocument.ts"
import { filterOf, VideosQuery } from "./VideosQuery.ts"

const record = { manages: true, limited: false } as const

export const listVideos = endpoint({
  ...record,
  name: "listVideos",
  method: "GET",
  path: "/videos",
  summary: "List videos, newest first or sorted, with search and filters",
  query: VideosQuery,
  status: 200,
  response: pageOf(VideoDocument)
})

export const getVideo = endpoint({
  ...record,
  name: "getVideo",
  method: "GET",
  path: "/videos/:uuid",
  summary: "Show a video with its jobs",
  params: VideoParams,
  status: 200,
  response: VideoDocument,
  problems: [404]
})

export const deleteVideo = endpoint({
  ...record,
  name: "deleteVideo",
  method: "DELETE",
  path: "/videos/:uuid",
  summary: "Delete a video with its files and cancel its jobs",
  params: VideoParams,
  status: 204,
  problems: [404, 409]
})

type Needs = Reception | ReadingNeeds

/** Answers `listVideos`. */
export const handleListVideos: Effect.Effect<Handler, never, Needs> = Effect.gen(function* () {
  const { find, list } = yield* VideoStore.VideoStore
  const { all } = yield* makeReader
  return yield* respondWithDocument(listVideos, {
    run: Effect.fnUntraced(function* (call) {
      const { data, total } = yield* readAfter(
        call.query,
        (from) => list({ ...filterOf(call.query), ...from }),
        (id) => Effect.map(find(id), Option.isSome)
      )
      return { total, data: yield* all(call, data) }
    })
  })
})

/** Answers `getVideo`. */
export const handleGetVideo: Effect.Effect<Handler, never, Needs> = Effect.gen(function* () {
  const { byId } = yield* makeFindVideo
  const { one } = yield* makeReader
  return yield* respondWithDocument(getVideo, {
    run: (call) => Effect.flatMap(byId(call.params.uuid), (video) => one(call, video))
  })
})

type Removing = Removal.Removal | VideoStore.VideoStore | FileStorage.FileStorage

/** Deletes a video. Its source is deleted only when it was uploaded with it, because others belong to the host. */
export const makeDeleteVideo: Effect.Effect<
  (id: Ids.VideoId) => ReturnType<Removal.Removal["Type"]["removeVideo"]>,
  never,
  Removing
> = Effect.gen(function* () {
  const { byId } = yield* makeFindVideo
  const { removeVideo } = yield* Removal.Removal
  return (id: Ids.VideoId) =>
    Effect.flatMap(byId(id), (video) => removeVideo(video.id, { keepSource: !isUploadOf(video) }))
})

/** Answers `deleteVideo`. */
export const handleDeleteVideo: Effect.Effect<Handler, never, Reception | Removing> = Effect.flatMap(
  makeDeleteVideo,
  (remove) => respondWithDocument(deleteVideo, { run: ({ params }) => remove(params.uuid) })
)
