import { type ConnectorConfig, Transcription } from "@runner-connector/core"
import { Parameters } from "@runner-connector/protocol"
import { Effect, Schema } from "effect"
import { type Guards, guard } from "./guard.ts"
import { requirePublicHost } from "./PublicHosts.ts"
import { json, type Routes } from "./routes.ts"
import type { Settings } from "./Settings.ts"
import { readJson, VideoParams } from "./VideoRoutes.ts"

const TranscriptBody = Schema.Struct({ videoUrl: Schema.optional(Schema.String.pipe(Schema.maxLength(2000))) })

/** Requests captions. */
export const transcriptRoutes: Routes<
  Guards | Settings | ConnectorConfig.ConnectorConfig | Transcription.Transcription
> = [
  {
    method: "POST",
    path: "/videos/:uuid/transcript",
    answer: (request, params, client) =>
      Effect.gen(function* () {
        yield* guard(request, client)
        const { uuid } = yield* Parameters.ofPath(VideoParams, params)
        // Most requests have no body.
        const body = request.headers.has("content-type") ? yield* readJson(request) : {}
        const { videoUrl } = yield* Parameters.ofBody(TranscriptBody, body)
        if (videoUrl !== undefined) yield* requirePublicHost("videoUrl", videoUrl)
        const transcription = yield* Transcription.Transcription
        const job = yield* transcription.transcribeVideo({ video: uuid, videoUrl })
        return json({ job: { uuid: job.id } })
      })
  }
]
