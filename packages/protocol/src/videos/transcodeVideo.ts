import { DisplayText, Transcoding } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { ApiHost } from "../api/ApiHost.ts"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { HostFields, videoIds } from "./fields.ts"
import { asFolder, Destination, Key } from "./keys.ts"
import * as planFields from "./planFields.ts"
import * as schedulingFields from "./schedulingFields.ts"
import { NewVideo } from "./VideoDocument.ts"

export const transcodeVideo = endpoint({
  name: "transcodeVideo",
  method: "POST",
  path: "/videos/transcode",
  summary: "Transcode a file of the storage",
  manages: true,
  limited: false,
  body: "strictJson",
  request: Schema.Struct({
    path: Key,
    destination: Destination,
    baseName: Schema.optional(Schema.String.pipe(Schema.maxLength(100))),
    picture: Schema.optional(Key),
    ...HostFields.fields,
    title: Schema.optional(DisplayText.DisplayText),
    fileName: Schema.optional(DisplayText.DisplayText),
    ...schedulingFields.inJson,
    ...planFields.inJson
  }),
  status: 200,
  response: NewVideo,
  problems: [404, 409, 422]
})

/** Answers `transcodeVideo`. */
export const handleTranscodeVideo: Effect.Effect<Handler, never, Reception | ApiHost | Transcoding.Transcoding> =
  Effect.gen(function* () {
    const host = yield* ApiHost
    const transcoding = yield* Transcoding.Transcoding
    return yield* respondWithDocument(transcodeVideo, {
      run: ({ body }) => {
        const { baseName, destination, externalId, fileName, labels, metadata, path, picture, ...others } = body
        const { priority, tenant, title, ...plan } = others
        return Effect.map(
          transcoding.transcodeVideo({
            ...{ path, baseName, picture, title, fileName, externalId, metadata, labels, tenant, priority },
            destination: asFolder(destination),
            ...planFields.asRequest(plan, host)
          }),
          (video) => ({ video: videoIds(video) })
        )
      }
    })
  })
