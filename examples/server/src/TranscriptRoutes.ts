import { type ConnectorConfig, DisplayText, Transcription, type VideoStore } from "@runner-connector/core"
import { Parameters } from "@runner-connector/protocol"
import { Effect, Schema } from "effect"
import { type Guards, guard } from "./guard.ts"
import { Destination } from "./Keys.ts"
import { requirePublicHost } from "./PublicHosts.ts"
import { json, type Routes } from "./routes.ts"
import type { Settings } from "./Settings.ts"
import { asFolder, readJson, VideoParams, videoIds, videoOf } from "./VideoRoutes.ts"

const VideoUrl = Schema.String.pipe(Schema.maxLength(2000))

const TranscriptBody = Schema.Struct({ videoUrl: Schema.optional(VideoUrl) })

const ElsewhereBody = Schema.Struct({
  destination: Destination,
  videoUrl: Schema.optional(VideoUrl),
  title: Schema.optional(DisplayText.DisplayText)
})

const requestCaptions = (request: Transcription.TranscribeVideo) =>
  Effect.gen(function* () {
    const { videoUrl } = request
    if (videoUrl !== undefined) yield* requirePublicHost("videoUrl", videoUrl)
    return yield* Effect.flatMap(Transcription.Transcription, ({ transcribeVideo }) => transcribeVideo(request))
  })

/** Requests captions. */
export const transcriptRoutes: Routes<
  Guards | Settings | ConnectorConfig.ConnectorConfig | VideoStore.VideoStore | Transcription.Transcription
> = [
  {
    method: "POST",
    path: "/videos/transcript",
    answer: (request, _params, client) =>
      Effect.gen(function* () {
        yield* guard(request, client)
        const { destination, ...body } = yield* Parameters.ofBody(ElsewhereBody, yield* readJson(request))
        const job = yield* requestCaptions({ ...body, destination: asFolder(destination) })
        return json({ video: videoIds(yield* videoOf(job)), job: { uuid: job.id } })
      })
  },
  {
    method: "POST",
    path: "/videos/:uuid/transcript",
    answer: (request, params, client) =>
      Effect.gen(function* () {
        yield* guard(request, client)
        const { uuid } = yield* Parameters.ofPath(VideoParams, params)
        // Most requests have no body.
        const body = request.headers.has("content-type") ? yield* readJson(request) : {}
        const job = yield* requestCaptions({ ...(yield* Parameters.ofBody(TranscriptBody, body)), video: uuid })
        return json({ job: { uuid: job.id } })
      })
  }
]
