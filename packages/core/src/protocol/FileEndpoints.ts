import { Schema } from "effect"
import { endpoint } from "./Endpoint.ts"
import { HolderTokens, JobParams } from "./fields.ts"

/** Runners name the video as the payload's URL does; PeerTube also takes its small number. */
const FileParams = Schema.extend(
  JobParams,
  Schema.Struct({ videoId: Schema.String.pipe(Schema.pattern(/^(\d{1,10}|[0-9a-fA-F-]{36})$/)) })
)

const download = <const Name extends string>(name: Name, file: string, summary: string) =>
  endpoint({
    name,
    method: "POST",
    path: `/api/v1/runners/jobs/:jobUUID/files/videos/:videoId/${file}`,
    summary,
    params: FileParams,
    body: "json",
    request: Schema.Struct(HolderTokens),
    status: 200,
    isFile: true,
    problems: [403, 404, 416]
  })

/** The layout of these paths is PeerTube's to the letter: runners recognise a source they already have by it. */
export const maxQuality = download("maxQuality", "max-quality", "The source of the job's video")
export const maxQualityAudio = download("maxQualityAudio", "max-quality/audio", "The source, for its sound")
export const preview = download("preview", "previews/max-quality", "The picture of the job's video")
