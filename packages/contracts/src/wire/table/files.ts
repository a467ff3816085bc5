import { FileKey, FileStorage, VideoStore } from "@runner-connector/core"
import { Effect, Option, Stream } from "effect"
import { aHeldJob } from "../arrange.ts"
import { formBytes, formType, type Part, postJson, R, request, send } from "../client.ts"
import type { Held, Row } from "./Row.ts"
import { over } from "./situations.ts"

/** Every file of a video and its path. */
const files = {
  maxQuality: "max-quality",
  maxQualityAudio: "max-quality/audio",
  thumbnail: "thumbnails/max-quality",
  preview: "previews/max-quality"
}

const withPicture = ({ video, videoId }: Held) =>
  Effect.gen(function* () {
    const key = FileKey.FileKey.make(`videos/${videoId}/picture.jpg`)
    const storage = yield* FileStorage.FileStorage
    yield* storage.write(key, Stream.make(new TextEncoder().encode("a picture")))
    const videos = yield* VideoStore.VideoStore
    yield* videos.save({ ...video, thumbnailKey: Option.some(key) }, [])
  })

type Downloads = (file: string, video?: string, headers?: Record<string, string>) => Row["ask"]

const download: Downloads =
  (file, video, headers = {}) =>
  ({ path, tokens, videoId }) =>
    postJson(`${path}/files/videos/${video ?? videoId}/${file}`, tokens, headers)

/** Under the path of the Django original. */
const djangoDownload: Downloads =
  (file, video, headers = {}) =>
  ({ id, tokens, videoId }) =>
    postJson(`${R}/jobs/files/videos/${video ?? videoId}/${id}/${file}`, tokens, headers)

const ofAnother =
  (file: string, ask = download): Row["ask"] =>
  (held) =>
    Effect.flatMap(aHeldJob(), (other) => ask(file, other.videoId)(held))

const downloadsOf = (endpoint: string, file: string, ask: Downloads): ReadonlyArray<Row> =>
  [
    { endpoint, situation: "the job is processed", status: 200, ask: ask(file) },
    { endpoint, situation: "a range is requested", status: 206, ask: ask(file, undefined, { range: "bytes=0-1" }) },
    {
      endpoint,
      situation: "the range starts beyond the end",
      status: 416,
      ask: ask(file, undefined, { range: "bytes=9999-" })
    },
    { endpoint, situation: "the video belongs to another job", status: 403, ask: ofAnother(file, ask) },
    { endpoint, situation: "there is no such video", status: 404, ask: ask(file, crypto.randomUUID()) },
    { endpoint, situation: "the video id is malformed", status: 400, ask: ask(file, "no-video") }
  ].map((row) => ({ ...row, before: withPicture }))

const downloads: ReadonlyArray<Row> = [
  ...Object.entries(files).flatMap(([endpoint, file]) => downloadsOf(endpoint, file, download)),
  ...downloadsOf("djangoMaxQuality", "max-quality", djangoDownload)
]

const noPicture: ReadonlyArray<Row> = (["thumbnail", "preview"] as const).map((endpoint) => ({
  ...{ endpoint, situation: "the video has no thumbnail", status: 404 },
  ask: download(files[endpoint])
}))

const taskFiles: ReadonlyArray<Row> = [
  { situation: "no task uses the file", status: 400, ask: download("studio/task-files/intro.mp4") },
  { situation: "the file name is malformed", status: 400, ask: download("studio/task-files/..%2Fa.mp4") },
  { situation: "the video belongs to another job", status: 403, ask: ofAnother("studio/task-files/intro.mp4") },
  { situation: "there is no such video", status: 404, ask: download("studio/task-files/a.mp4", crypto.randomUUID()) }
].map((row) => ({ endpoint: "taskFile", ...row }))

const file: Part = ["file", "some bytes", "a.mp4", "video/mp4"]

const bring =
  (method: string, parts: ReadonlyArray<Part>, change = (path: string) => path): Row["ask"] =>
  ({ uploads }) =>
    send(() =>
      request(change(new URL(String(uploads.videoFile)).pathname), {
        method,
        headers: { "content-type": formType() },
        body: formBytes(parts)
      })
    )

const uploads: ReadonlyArray<Row> = (
  [
    ["uploadFile", "PUT"],
    ["postFile", "POST"]
  ] as const
).flatMap(([endpoint, method]) => [
  {
    ...{ endpoint, situation: "the attempt is active", status: 204, becomes: "Processing" as const },
    ask: bring(method, [file])
  },
  { endpoint, situation: "there is no file", status: 400, ask: bring(method, []) },
  {
    ...{ endpoint, situation: "the result has no such file", status: 404 },
    ask: bring(method, [file], (path) => path.replace("videoFile", "vttFile"))
  },
  {
    ...{ endpoint, situation: "the upload URL belongs to no attempt", status: 404 },
    ask: bring(method, [file], (path) => path.replace(/[0-9a-f]{64}/, "0".repeat(64)))
  },
  ...Object.entries(over).map(([situation, before]) => ({
    ...{ endpoint, situation, before, status: 404 },
    ask: bring(method, [file])
  }))
])

/** Rows of downloads and uploads, besides authorization. */
export const fileRows: ReadonlyArray<Row> = [...downloads, ...noPicture, ...taskFiles, ...uploads]
