import { DisplayText, type FileStorage, HostData, Transcoding, UploadedFile, Uploads } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { ApiHost } from "../api/ApiHost.ts"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { videoIds } from "./fields.ts"
import { takeIn } from "./intake.ts"
import { inForm } from "./planFields.ts"
import { NewVideo } from "./VideoDocument.ts"

const File = UploadedFile.UploadedFile.schema.annotations({ jsonSchema: { type: "object" } })

/** The title in a form. Browsers send an empty text for a field that was left empty. */
export const FormTitle = Schema.optional(
  Schema.transform(Schema.String, Schema.UndefinedOr(DisplayText.DisplayText), {
    strict: true,
    decode: (text) => (text === "" ? undefined : text),
    encode: (title) => title ?? ""
  })
)

const Form = Schema.Struct({
  videoFile: File,
  /** The thumbnail, or the picture of an audio file. */
  previewFile: Schema.optional(File),
  /** Absent or empty: the video is shown under the name of its file. */
  title: FormTitle,
  externalId: Schema.optional(HostData.ExternalId),
  /** A JSON object as text. */
  metadata: Schema.optional(
    Schema.compose(Schema.parseJson(), HostData.GivenMetadata).annotations({
      jsonSchema: { type: "string", contentMediaType: "application/json" }
    })
  ),
  ...inForm
})
/** An uploaded video with its plan. */
export interface Upload extends Schema.Schema.Type<typeof Form> {}
/** The same as the fields of a form. */
export interface UploadForm extends Schema.Schema.Encoded<typeof Form> {}

const request: Schema.Schema<Upload, UploadForm> = Form

export const uploadVideo = endpoint({
  name: "uploadVideo",
  method: "POST",
  path: "/videos/upload",
  summary: "Upload a video and transcode it",
  manages: true,
  limited: false,
  body: "form",
  files: ["videoFile", "previewFile"],
  request,
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
    run: ({ body }) =>
      Effect.map(Effect.provide(takeIn(body), context), (video) => ({ video: videoIds(video) }))
  })
})
