import {
  AdminAccess as Administration,
  ConnectorConfig,
  Errors,
  FileKey,
  FileNames,
  FileStorage,
  Ids,
  Removal,
  RunnerJobs,
  Runners,
  Tokens,
  Transcoding,
  type UploadedFile,
  type Video,
  VideoStore
} from "@runner-connector/core"
import { BodySource, JsonBody, Parameters, ProtocolErrors } from "@runner-connector/core/protocol"
import { Array as Arr, Effect, Option, Schema } from "effect"
import { AdminAccess } from "./AdminAccess.ts"
import { isUpload, namesHidden, uploadsFolder } from "./Keys.ts"
import { json, noContent, type Routes } from "./routes.ts"
import { Settings } from "./Settings.ts"
import { Uploads } from "./Uploads.ts"
import { isMissing, videoDocument } from "./VideoDocuments.ts"

const WholeNumber = Schema.NumberFromString.pipe(Schema.int())

const Paging = Schema.Struct({
  start: Schema.optionalWith(WholeNumber.pipe(Schema.between(0, Number.MAX_SAFE_INTEGER)), { default: () => 0 }),
  count: Schema.optionalWith(WholeNumber.pipe(Schema.between(0, 100)), { default: () => 15 })
})

/** The path parameter of all routes about one video. */
export const VideoParams: Schema.Struct<{ uuid: typeof Ids.VideoId }> = Schema.Struct({ uuid: Ids.VideoId })

const Key = Schema.String.pipe(
  Schema.maxLength(1024),
  Schema.filter((key) => !namesHidden(key))
)

const TranscodeBody = Schema.Struct({
  path: Key,
  destination: Key.pipe(Schema.filter((key) => !isUpload(key))),
  baseName: Schema.optional(Schema.String.pipe(Schema.maxLength(100)))
})

const jsonType = /^application\/(?:[\w.+-]+\+)?json *(?:;|$)/i

/** The members of a JSON body. Browsers let any page send other types here without asking. */
export const readJson = (
  request: Request
): Effect.Effect<
  object,
  ProtocolErrors.MalformedBody | ProtocolErrors.BodyTooLarge | ProtocolErrors.UnsupportedBody,
  ConnectorConfig.ConnectorConfig
> =>
  jsonType.test(request.headers.get("content-type") ?? "")
    ? Effect.flatMap(ConnectorConfig.ConnectorConfig, ({ maxJsonSize }) =>
        JsonBody.receive(BodySource.make(request), maxJsonSize)
      )
    : new ProtocolErrors.UnsupportedBody()

/** Passes for those who may change videos. */
export const guard = (request: Request): Effect.Effect<void, Administration.Unauthorized, AdminAccess> =>
  Effect.gen(function* () {
    const access = yield* AdminAccess
    if (!(yield* access.mayChange(request))) return yield* new Administration.Unauthorized()
  })

/** The video with its jobs; read once more when a job has ended since, so that progress is never ahead of the files. */
const readJobs = (video: Video.Video) =>
  Effect.gen(function* () {
    const videos = yield* VideoStore.VideoStore
    const jobs = yield* Effect.flatMap(RunnerJobs.RunnerJobs, ({ ofVideo }) => ofVideo(video.id))
    if (!jobs.some((job) => isMissing(job, video))) return { video, jobs }
    return { video: Option.getOrElse(yield* videos.find(video.id), () => video), jobs }
  })

/** The documents of these videos, with as few questions to the database as there are videos. */
const documents = Effect.fn("VideoRoutes.documents")(function* (videos: ReadonlyArray<Video.Video>) {
  const { publicUrl } = yield* Settings
  const runners = yield* Runners.Runners
  const withJobs = yield* Effect.forEach(videos, readJobs, { concurrency: 4 })
  const ids = Arr.dedupe(withJobs.flatMap(({ jobs }) => jobs.flatMap((job) => Option.toArray(job.runnerId))))
  const known = yield* runners.byIds(ids)
  return withJobs.map(({ jobs, video }) => videoDocument(publicUrl.origin, video, jobs, known))
})

const findVideo = (params: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const { uuid } = yield* Parameters.ofPath(VideoParams, params)
    const found = yield* Effect.flatMap(VideoStore.VideoStore, (videos) => videos.find(uuid))
    return yield* Effect.mapError(found, () => new Errors.UnknownVideo())
  })

/** Letters and digits of the client's name for the file; enough to tell videos apart, and safe in any path. */
const safeName = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}._-]+/gu, "_")
    .replace(/^[._]+/, "")
    .slice(-80) || "video"

/** Where an upload goes, and what is made of it. */
const placesOf = (folder: string) => ({ source: `${uploadsFolder}/${folder}`, destination: `videos/${folder}` })

/** Whether the source came with the video. One that was named by its path is somebody else's, and may be for others. */
const isUploadOf = ({ destination, sourceKey }: Video.Video): boolean => {
  const own = placesOf(FileNames.nameOf(destination))
  return destination === own.destination && Option.exists(sourceKey, (key) => key.startsWith(`${own.source}/`))
}

const takeIn = (file: UploadedFile.UploadedFile) =>
  Effect.gen(function* () {
    const storage = yield* FileStorage.FileStorage
    const transcoding = yield* Transcoding.Transcoding
    const { uuid } = yield* Tokens.Identifiers
    const folder = yield* uuid
    const { destination, source } = placesOf(folder)
    const key = FileKey.FileKey.make(`${source}/${safeName(file.filename ?? "")}`)
    yield* storage.adopt(key, file.path, { contentType: file.contentType })
    return yield* transcoding
      .transcodeVideo({ path: key, destination })
      .pipe(Effect.onError(() => Effect.ignoreLogged(storage.remove(key))))
  })

/** What is told of a new video. */
export const created = (video: Video.Video): Response => json({ video: { id: video.number, uuid: video.id } })

/** A trailing slash of a folder means nothing; the Django original writes one. */
export const asFolder = (destination: string): string => destination.replace(/\/+$/, "")

export const videoRoutes: Routes<
  | Settings
  | AdminAccess
  | Uploads
  | ConnectorConfig.ConnectorConfig
  | FileStorage.FileStorage
  | VideoStore.VideoStore
  | RunnerJobs.RunnerJobs
  | Runners.Runners
  | Transcoding.Transcoding
  | Removal.Removal
> = [
  {
    method: "POST",
    path: "/videos/upload",
    answer: (request) =>
      Effect.gen(function* () {
        yield* guard(request)
        const uploads = yield* Uploads
        return created(yield* uploads.receive(request, takeIn))
      })
  },
  {
    method: "POST",
    path: "/videos/transcode",
    answer: (request) =>
      Effect.gen(function* () {
        yield* guard(request)
        const body = yield* Parameters.ofBody(TranscodeBody, yield* readJson(request))
        const transcoding = yield* Transcoding.Transcoding
        return created(yield* transcoding.transcodeVideo({ ...body, destination: asFolder(body.destination) }))
      })
  },
  {
    method: "GET",
    path: "/videos",
    answer: (request) =>
      Effect.gen(function* () {
        const page = yield* Parameters.ofQuery(Paging, request)
        const { data, total } = yield* Effect.flatMap(VideoStore.VideoStore, (videos) => videos.list(page))
        return json({ total, data: yield* documents(data) })
      })
  },
  {
    // Asked before a large upload: browsers show a refusal only when they have sent the whole film.
    method: "GET",
    path: "/access",
    answer: (request) =>
      Effect.gen(function* () {
        const access = yield* AdminAccess
        return json({ mayChange: yield* access.mayChange(request) })
      })
  },
  {
    method: "GET",
    path: "/videos/:uuid",
    answer: (_request, params) =>
      Effect.gen(function* () {
        const video = yield* findVideo(params)
        return json((yield* documents([video]))[0])
      })
  },
  {
    method: "DELETE",
    path: "/videos/:uuid",
    answer: (request, params) =>
      Effect.gen(function* () {
        yield* guard(request)
        const video = yield* findVideo(params)
        const keepSource = !isUploadOf(video)
        yield* Effect.flatMap(Removal.Removal, (removal) => removal.removeVideo(video.id, { keepSource }))
        return noContent()
      })
  }
]
