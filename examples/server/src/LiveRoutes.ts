import { type ConnectorConfig, DisplayText, Lives, Tokens, TranscodingSettings } from "@runner-connector/core"
import { Parameters } from "@runner-connector/protocol"
import { Effect, Schema } from "effect"
import { type Guards, guard } from "./guard.ts"
import { Destination } from "./Keys.ts"
import { requirePublicHost } from "./PublicHosts.ts"
import { noContent, type Routes } from "./routes.ts"
import { Settings } from "./Settings.ts"
import { asFolder, created, HostFields, readJson, VideoParams } from "./VideoRoutes.ts"

/** The content of the stream. Everything has a default except the size of the video. */
const Source = Schema.Struct({
  width: Schema.optionalWith(Schema.Number, { default: () => 0 }),
  height: Schema.optionalWith(Schema.Number, { default: () => 0 }),
  fps: Schema.optionalWith(Schema.Number, { default: () => 0 }),
  hasVideo: Schema.optionalWith(Schema.Boolean, { default: () => true }),
  hasAudio: Schema.optionalWith(Schema.Boolean, { default: () => true })
})

const LiveBody = Schema.Struct({
  rtmpUrl: Schema.String,
  destination: Schema.optional(Destination),
  ...HostFields.fields,
  title: Schema.optional(DisplayText.DisplayText),
  replay: Schema.optional(Schema.Boolean),
  segmentDuration: Schema.optional(Schema.Number),
  source: Schema.optional(Source),
  resolutions: Schema.optional(Schema.Array(TranscodingSettings.Resolution).pipe(Schema.maxItems(100)))
})

/** Start and stop lives. */
export const liveRoutes: Routes<Guards | ConnectorConfig.ConnectorConfig | Lives.Lives | Settings> = [
  {
    method: "POST",
    path: "/lives",
    answer: (request, _params, client) =>
      Effect.gen(function* () {
        yield* guard(request, client)
        const { destination, resolutions, ...body } = yield* Parameters.ofBody(LiveBody, yield* readJson(request))
        // The use case refuses other schemes.
        if (/^rtmps?:/i.test(body.rtmpUrl)) yield* requirePublicHost("rtmpUrl", body.rtmpUrl)
        const { uuid } = yield* Tokens.Identifiers
        const lives = yield* Lives.Lives
        const { storyboards } = yield* Settings
        const video = yield* lives.startLive({
          ...body,
          storyboard: storyboards,
          destination: destination === undefined ? `lives/${yield* uuid}` : asFolder(destination),
          settings: resolutions === undefined ? {} : { resolutions }
        })
        return created(video)
      })
  },
  {
    method: "POST",
    path: "/lives/:uuid/stop",
    answer: (request, params, client) =>
      Effect.gen(function* () {
        yield* guard(request, client)
        const { uuid } = yield* Parameters.ofPath(VideoParams, params)
        yield* Effect.flatMap(Lives.Lives, (lives) => lives.stopLive(uuid))
        return noContent()
      })
  }
]
