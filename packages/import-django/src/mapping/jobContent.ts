import { Either, Schema } from "effect"
import type { JobRow } from "../database/tables.ts"

/** The part of a job that depends on its type. */
export interface JobContent {
  readonly payload: unknown
  /** Members of the private payload beside those of every job of a video. */
  readonly privatePayload: object
  readonly awaited: boolean
}

const Side = Schema.Int.pipe(Schema.nonNegative())
const Output = Schema.Struct({
  output: Schema.Struct({
    resolution: Side,
    fps: Side,
    separatedAudio: Schema.optionalWith(Schema.Boolean, { default: () => false })
  })
})
const Input = Schema.Struct({ input: Schema.Struct({ videoFileUrl: Schema.String }) })

/** The original's own download path. */
const OWN = /\/api\/v1\/runners\/jobs\/files\/videos\/[^/]+\/[^/]+\/max-quality$/

const rendition =
  (names: ReadonlyArray<"resolution" | "fps" | "separatedAudio">) =>
  ({ payload }: JobRow): Either.Either<JobContent, string> =>
    Either.mapBoth(Schema.decodeUnknownEither(Output)(payload), {
      onLeft: () => "its payload names no output with resolution and frame rate",
      onRight: ({ output }) => ({
        payload: { output: Object.fromEntries(names.map((name) => [name, output[name]])) },
        privatePayload: { canPublish: true, deletesInput: false, deletesWebVideos: false, separatedSound: false },
        awaited: true
      })
    })

const transcription = ({ payload }: JobRow): Either.Either<JobContent, string> =>
  Either.mapBoth(Schema.decodeUnknownEither(Input)(payload), {
    onLeft: () => "its payload names no input",
    onRight: ({ input: { videoFileUrl } }) => ({
      payload: OWN.test(videoFileUrl) ? {} : { videoUrl: videoFileUrl },
      privatePayload: { languages: null },
      awaited: false
    })
  })

const progressive = rendition(["resolution", "fps"])

const byType: Readonly<Record<string, (row: JobRow) => Either.Either<JobContent, string>>> = {
  "vod-hls-transcoding": rendition(["resolution", "fps", "separatedAudio"]),
  "vod-web-video-transcoding": progressive,
  "vod-audio-merge-transcoding": progressive,
  "video-transcription": transcription
}

/** The content of a job, or why it cannot be imported. */
export const contentOf = (row: JobRow): Either.Either<JobContent, string> =>
  byType[row.type]?.(row) ?? Either.left(`jobs of the type ${row.type} cannot be imported`)

const Wishes = Schema.Struct({ deleteWebVideoFiles: Schema.Literal(true) })

/** Whether the original deletes the source of the video after this job. */
export const deletesSource = (row: JobRow): boolean => Schema.is(Wishes)(row.privatePayload)
