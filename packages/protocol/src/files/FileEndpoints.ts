import { Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { HolderTokens, JobParams } from "../http/fields.ts"

/** Runners name the video as the payload's URL does; PeerTube also takes its small number. */
const FileParams = Schema.extend(
  JobParams,
  Schema.Struct({ videoId: Schema.String.pipe(Schema.pattern(/^(\d{1,10}|[0-9a-fA-F-]{36})$/)) })
)

const download = <P, PI>(name: string, file: string, summary: string, params: Schema.Schema<P, PI>) =>
  endpoint({
    name,
    method: "POST",
    path: `/api/v1/runners/jobs/:jobUUID/files/videos/:videoId/${file}`,
    summary,
    params,
    body: "json",
    request: Schema.Struct(HolderTokens),
    status: 200,
    isFile: true,
    problems: [403, 404, 416]
  })

/** The layout of these paths is PeerTube's to the letter: runners recognise a source they already have by it. */
export const maxQuality = download("maxQuality", "max-quality", "The best file of the job's video", FileParams)
export const maxQualityAudio = download(
  "maxQualityAudio",
  "max-quality/audio",
  "The best sound of the job's video",
  FileParams
)
export const thumbnail = download("thumbnail", "thumbnails/max-quality", "The picture of the job's video", FileParams)
/** Where older servers had the picture, and older runners ask for it. */
export const preview = download("preview", "previews/max-quality", "The same, under its older name", FileParams)

/** Names are ours: what a studio job needs, in the order of its tasks. */
export const taskFile = download(
  "taskFile",
  "studio/task-files/:filename",
  "A file that a task of the studio job needs",
  Schema.extend(
    FileParams,
    Schema.Struct({ filename: Schema.String.pipe(Schema.pattern(/^[a-z0-9-]{1,200}\.[a-z0-9]{1,8}$/)) })
  )
)
