import { type ConnectorConfig, Transcription } from "@runner-connector/core"
import { Parameters } from "@runner-connector/protocol"
import { Effect, Schema } from "effect"
import type { AdminAccess } from "./AdminAccess.ts"
import { json, type Routes } from "./routes.ts"
import { guard, readJson, VideoParams } from "./VideoRoutes.ts"

const TranscriptBody = Schema.Struct({ videoUrl: Schema.optional(Schema.String.pipe(Schema.maxLength(2000))) })

/** Requires the right to change videos. */
export const transcriptRoutes: Routes<AdminAccess | ConnectorConfig.ConnectorConfig | Transcription.Transcription> = [
  {
    method: "POST",
    path: "/videos/:uuid/transcript",
    answer: (request, params) =>
      Effect.gen(function* () {
        yield* guard(request)
        const { uuid } = yield* Parameters.ofPath(VideoParams, params)
        // A request without a body is the common case.
        const body = request.headers.has("content-type") ? yield* readJson(request) : {}
        const { videoUrl } = yield* Parameters.ofBody(TranscriptBody, body)
        const transcription = yield* Transcription.Transcription
        const job = yield* transcription.transcribeVideo({ video: uuid, videoUrl })
        return json({ job: { uuid: job.id } })
      })
  }
]
