import type { FileStorage, Transcoding, Uploads } from "@runner-connector/core"
import { Effect } from "effect"
import type { ApiHost } from "../api/ApiHost.ts"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { videoIds } from "./fields.ts"
import { takeIn } from "./intake.ts"
import { UploadForm } from "./UploadForm.ts"
import { NewVideo } from "./VideoDocument.ts"

export const uploadVideo = endpoint({
  name: "uploadVideo",
  method: "POST",
  path: "/videos/upload",
  summary: "Upload a video and transcode it",
  manages: true,
  limited: false,
  body: "form",
  files: ["videoFile", "previewFile"],
  request: UploadForm,
  status: 200,
  response: NewVideo,
  problems: [404, 409, 422]
})

/** Answers `uploadVideo`. */
export const handleUploadVideo: Effect.Effect<
  Handler,
  never,
  Reception | ApiHost | Transcoding.Transcoding | Uploads.Uploads | FileStorage.FileStorage
> = Effect.gen(function* () {
  const context = yield* Effect.context<ApiHost | Transcoding.Transcoding | Uploads.Uploads | FileStorage.FileStorage>()
  return yield* respondWithDocument(uploadVideo, {
    run: ({ body }) => Effect.map(Effect.provide(takeIn(body), context), (video) => ({ video: videoIds(video) }))
  })
})
