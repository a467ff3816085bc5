import {
  ConnectorConfig,
  DisplayText,
  Errors,
  type FileStorage,
  HostData,
  Ids,
  type JobAdmin,
  type Persistence,
  Removal,
  type RunnerJob,
  type Runners,
  type Uploads as Stored,
  Transcoding,
  type Video,
  VideoStore
} from "@runner-connector/core"
import { BodySource, JsonBody, Parameters, type PlaybackWeb, ProtocolErrors } from "@runner-connector/protocol"
import { Effect, Option, Schema } from "effect"
import { type Guards, guard, isAdministrator, mayChange } from "./guard.ts"
import { isUploadOf, takeIn } from "./Intake.ts"
import { Destination, Key } from "./Keys.ts"
import { inJson } from "./PlanFields.ts"
import { json, noContent, type Routes } from "./routes.ts"
import { Settings } from "./Settings.ts"
import { Uploads } from "./Uploads.ts"
import { documents } from "./VideoReading.ts"

const WholeNumber = Schema.NumberFromString.pipe(Schema.int())

const Paging = Schema.Struct({
  start: Schema.optionalWith(WholeNumber.pipe(Schema.between(0, Number.MAX_SAFE_INTEGER)), { default: () => 0 }),
  count: Schema.optionalWith(WholeNumber.pipe(Schema.between(0, 100)), { default: () => 15 })
})

/** The path parameter of all routes about one video. */
export const VideoParams: Schema.Struct<{ uuid: typeof Ids.VideoId }> = Schema.Struct({ uuid: Ids.VideoId })

/** The host's id and facts in a JSON body. */
export const HostFields = Schema.Struct({
  externalId: Schema.optional(HostData.ExternalId),
  metadata: Schema.optional(HostData.GivenMetadata)
})

const TranscodeBody = Schema.Struct({
  path: Key,
  destination: Destination,
  baseName: Schema.optional(Schema.String.pipe(Schema.maxLength(100))),
  picture: Schema.optional(Key),
  ...HostFields.fields,
  title: Schema.optional(DisplayText.DisplayText),
  fileName: Schema.optional(DisplayText.DisplayText),
  ...inJson
})

const jsonType = /^application\/(?:[\w.+-]+\+)?json *(?:;|$)/i

/** The members of a JSON body. Browsers let any page send other types here without asking. */
export const readJson = (
  request: Request
): Effect.Effect<
  object,
  BodySource.ReadError | ProtocolErrors.BodyTooLarge | ProtocolErrors.UnsupportedBody,
  ConnectorConfig.ConnectorConfig
> =>
  jsonType.test(request.headers.get("content-type") ?? "")
    ? Effect.flatMap(ConnectorConfig.ConnectorConfig, ({ maxJsonSize }) =>
        Effect.scoped(
          Effect.flatMap(BodySource.make(request, Option.none()), (source) => JsonBody.receive(source, maxJsonSize))
        )
      )
    : new ProtocolErrors.UnsupportedBody()

/** The video that the path names. */
export const findVideo = (
  params: Readonly<Record<string, string>>
): Effect.Effect<
  Video.Video,
  ProtocolErrors.InvalidParameters | Errors.UnknownVideo | Persistence.PersistenceError,
  VideoStore.VideoStore
> =>
  Effect.gen(function* () {
    const { uuid } = yield* Parameters.ofPath(VideoParams, params)
    const found = yield* Effect.flatMap(VideoStore.VideoStore, (videos) => videos.find(uuid))
    return yield* Effect.mapError(found, () => new Errors.UnknownVideo())
  })

/** The video of a job that was just added. Fails when the video was removed meanwhile. */
export const videoOf = ({
  videoId
}: Pick<RunnerJob.RunnerJob, "videoId">): Effect.Effect<
  Video.Video,
  Errors.UnknownVideo | Persistence.PersistenceError,
  VideoStore.VideoStore
> =>
  Effect.gen(function* () {
    const videos = yield* VideoStore.VideoStore
    const found = Option.flatten(yield* Effect.transposeMapOption(videoId, videos.find))
    return yield* Effect.mapError(found, () => new Errors.UnknownVideo())
  })

/** The ids of a new video in an answer. */
export const videoIds = ({ id, number }: Video.Video): { readonly id: number; readonly uuid: string } => ({
  id: number,
  uuid: id
})

/** The answer about a new video. */
export const created = (video: Video.Video): Response => json({ video: videoIds(video) })

/** A trailing slash of a folder means nothing; the Django original writes one. */
export const asFolder = (destination: string): string => destination.replace(/\/+$/, "")

export const videoRoutes: Routes<
  | PlaybackWeb.PlaybackWeb
  | Settings
  | Guards
  | Uploads
  | ConnectorConfig.ConnectorConfig
  | FileStorage.FileStorage
  | VideoStore.VideoStore
  | JobAdmin.JobAdmin
  | Runners.Runners
  | Transcoding.Transcoding
  | Stored.Uploads
  | Removal.Removal
> = [
  {
    method: "POST",
    path: "/videos/upload",
    answer: (request, _params, client) =>
      Effect.gen(function* () {
        yield* guard(request, client)
        const uploads = yield* Uploads
        return created(yield* uploads.receive(request, takeIn))
      })
  },
  {
    method: "POST",
    path: "/videos/transcode",
    answer: (request, _params, client) =>
      Effect.gen(function* () {
        yield* guard(request, client)
        const body = yield* Parameters.ofBody(TranscodeBody, yield* readJson(request))
        const { baseName, destination, externalId, fileName, metadata, path, picture, title, ...plan } = body
        const transcoding = yield* Transcoding.Transcoding
        const { storyboards } = yield* Settings
        const asked = {
          path,
          destination: asFolder(destination),
          baseName,
          picture,
          title,
          fileName,
          externalId,
          metadata
        }
        return created(yield* transcoding.transcodeVideo({ ...asked, plan: { storyboard: storyboards, ...plan } }))
      })
  },
  {
    method: "GET",
    path: "/videos",
    answer: (request, _params, client) =>
      Effect.gen(function* () {
        yield* guard(request, client)
        const page = yield* Parameters.ofQuery(Paging, request)
        const { data, total } = yield* Effect.flatMap(VideoStore.VideoStore, (videos) => videos.list(page))
        return json({ total, data: yield* documents(data, yield* isAdministrator(request, client)) })
      })
  },
  {
    // The page asks before a large upload, because browsers show a refusal only after they have sent the whole file.
    method: "GET",
    path: "/access",
    answer: (request, _params, client) =>
      Effect.gen(function* () {
        const { keepSource, splitAudio, webVideos } = (yield* ConnectorConfig.ConnectorConfig).plan
        return json({ mayChange: yield* mayChange(request, client), plan: { keepSource, splitAudio, webVideos } })
      })
  },
  {
    method: "GET",
    path: "/videos/:uuid",
    answer: (request, params, client) =>
      Effect.gen(function* () {
        yield* guard(request, client)
        const video = yield* findVideo(params)
        return json((yield* documents([video], yield* isAdministrator(request, client)))[0])
      })
  },
  {
    method: "DELETE",
    path: "/videos/:uuid",
    answer: (request, params, client) =>
      Effect.gen(function* () {
        yield* guard(request, client)
        const video = yield* findVideo(params)
        const keepSource = !isUploadOf(video)
        yield* Effect.flatMap(Removal.Removal, (removal) => removal.removeVideo(video.id, { keepSource }))
        return noContent()
      })
  }
]
