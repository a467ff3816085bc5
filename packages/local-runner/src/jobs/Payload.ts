import { Effect, Schema } from "effect"
import { type JobContext, JobFailed } from "./JobType.ts"

/** The upload address for a file of the result. Absent in most payloads. */
export const CustomUpload = Schema.Struct({
  url: Schema.String,
  method: Schema.optionalWith(Schema.Literal("PUT", "POST"), { default: () => "PUT" })
})

/** The files of a video. */
export const VideoInput = Schema.Struct({
  videoFileUrl: Schema.String,
  /** The audio file, if the video file has no audio. At most one is read. */
  separatedAudioFileUrl: Schema.optionalWith(Schema.Array(Schema.String), { default: () => [] })
})

/** Short side in pixels. 0 for audio only. */
export const Resolution = Schema.Int.pipe(Schema.between(0, 16_384))

/** Frames per second. 0 for the rate of the source. */
export const FrameRate = Schema.Number.pipe(Schema.between(0, 1000))

/** Decodes the payload of a job by the schema of its type. */
export const read = <A, I>(schema: Schema.Schema<A, I>, { payload }: JobContext): Effect.Effect<A, JobFailed> =>
  Effect.mapError(
    Schema.decodeUnknown(schema)(payload),
    (error) => new JobFailed({ message: `The payload of the job cannot be read: ${error.message}` })
  )
