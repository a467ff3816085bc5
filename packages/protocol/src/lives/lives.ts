import { DisplayText, Lives, Tokens, TranscodingSettings } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { ApiHost } from "../api/ApiHost.ts"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { HostFields, VideoParams, videoIds } from "../videos/fields.ts"
import { asFolder, Destination } from "../videos/keys.ts"
import * as schedulingFields from "../videos/schedulingFields.ts"
import { NewVideo } from "../videos/VideoDocument.ts"

/** The content of the stream. Everything has a default except the size of the video. */
const Source = Schema.Struct({
  width: Schema.optionalWith(Schema.Number, { default: () => 0 }),
  height: Schema.optionalWith(Schema.Number, { default: () => 0 }),
  fps: Schema.optionalWith(Schema.Number, { default: () => 0 }),
  hasVideo: Schema.optionalWith(Schema.Boolean, { default: () => true }),
  hasAudio: Schema.optionalWith(Schema.Boolean, { default: () => true })
})

const record = { method: "POST", manages: true, limited: false } as const

export const startLive = endpoint({
  ...record,
  name: "startLive",
  path: "/lives",
  summary: "Start a live from an RTMP stream",
  body: "strictJson",
  request: Schema.Struct({
    rtmpUrl: Schema.String.pipe(Schema.maxLength(2000)),
    destination: Schema.optional(Destination),
    ...HostFields.fields,
    ...schedulingFields.inJson,
    title: Schema.optional(DisplayText.DisplayText),
    replay: Schema.optional(Schema.Boolean),
    segmentDuration: Schema.optional(Schema.Number),
    source: Schema.optional(Source),
    resolutions: Schema.optional(Schema.Array(TranscodingSettings.Resolution).pipe(Schema.maxItems(100)))
  }),
  status: 200,
  response: NewVideo,
  problems: [409, 422]
})

export const stopLive = endpoint({
  ...record,
  name: "stopLive",
  path: "/lives/:uuid/stop",
  summary: "Stop a live",
  params: VideoParams,
  status: 204,
  problems: [404, 409]
})

/** Answers `startLive`. */
export const handleStartLive: Effect.Effect<Handler, never, Reception | ApiHost | Lives.Lives> = Effect.gen(
  function* () {
    const lives = yield* Lives.Lives
    const { requirePublicHost, storyboards } = yield* ApiHost
    return yield* respondWithDocument(startLive, {
      run: Effect.fnUntraced(function* ({ body: { destination, resolutions, ...body } }) {
        // The use case refuses other schemes.
        if (/^rtmps?:/i.test(body.rtmpUrl)) yield* requirePublicHost("rtmpUrl", body.rtmpUrl)
        const { uuid } = yield* Tokens.Identifiers
        const video = yield* lives.startLive({
          ...body,
          storyboard: storyboards,
          destination: destination === undefined ? `lives/${yield* uuid}` : asFolder(destination),
          settings: resolutions === undefined ? {} : { resolutions }
        })
        return { video: videoIds(video) }
      })
    })
  }
)

/** Answers `stopLive`. */
export const handleStopLive: Effect.Effect<Handler, never, Reception | Lives.Lives> = Effect.flatMap(
  Lives.Lives,
  (lives) => respondWithDocument(stopLive, { run: ({ params }) => Effect.asVoid(lives.stopLive(params.uuid)) })
)
