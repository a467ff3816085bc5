import { DisplayText, Transcription, type VideoStore } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { ApiHost } from "../api/ApiHost.ts"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { makeFindVideo, VideoParams, videoIds } from "./fields.ts"
import { asFolder, Destination } from "./keys.ts"
import * as schedulingFields from "./schedulingFields.ts"
import { NewJob, NewJobOfVideo } from "./VideoDocument.ts"

const VideoUrl = Schema.String.pipe(Schema.maxLength(2000))

const record = { method: "POST", manages: true, limited: false, body: "strictJson", status: 200 } as const

export const transcribeElsewhere = endpoint({
  ...record,
  name: "transcribeElsewhere",
  path: "/videos/transcript",
  summary: "Make captions of a video that lies elsewhere",
  request: Schema.Struct({
    destination: Destination,
    videoUrl: Schema.optional(VideoUrl),
    title: Schema.optional(DisplayText.DisplayText),
    ...schedulingFields.inJson
  }),
  response: NewJobOfVideo,
  problems: [404, 409, 422]
})

export const transcribeVideo = endpoint({
  ...record,
  name: "transcribeVideo",
  path: "/videos/:uuid/transcript",
  summary: "Make captions of a video; most requests have no body",
  params: VideoParams,
  request: Schema.Struct({ videoUrl: Schema.optional(VideoUrl) }),
  response: NewJob,
  problems: [404, 409, 422]
})

type Needs = Reception | ApiHost | Transcription.Transcription

const makeTranscribe = Effect.gen(function* () {
  const { requirePublicHost } = yield* ApiHost
  const transcription = yield* Transcription.Transcription
  return (request: Transcription.TranscribeVideo) =>
    Effect.gen(function* () {
      const { videoUrl } = request
      if (videoUrl !== undefined) yield* requirePublicHost("videoUrl", videoUrl)
      return yield* transcription.transcribeVideo(request)
    })
})

/** Answers `transcribeElsewhere`. */
export const handleTranscribeElsewhere: Effect.Effect<Handler, never, Needs | VideoStore.VideoStore> = Effect.gen(
  function* () {
    const transcribe = yield* makeTranscribe
    const { ofJob } = yield* makeFindVideo
    return yield* respondWithDocument(transcribeElsewhere, {
      run: Effect.fnUntraced(function* ({ body: { destination, ...body } }) {
        const job = yield* transcribe({ ...body, destination: asFolder(destination) })
        return { video: videoIds(yield* ofJob(job)), job: { uuid: job.id } }
      })
    })
  }
)

/** Answers `transcribeVideo`. */
export const handleTranscribeVideo: Effect.Effect<Handler, never, Needs> = Effect.flatMap(
  makeTranscribe,
  (transcribe) =>
    respondWithDocument(transcribeVideo, {
      run: ({ body, params }) =>
        Effect.map(transcribe({ ...body, video: params.uuid }), ({ id }) => ({ job: { uuid: id } }))
    })
)
