import { Effect, Schema } from "effect"
import { type JobContext, JobFailed } from "./JobType.ts"

/** Where a server wants a file of the result; nothing in most payloads. */
export const CustomUpload = Schema.Struct({
  url: Schema.String,
  method: Schema.optionalWith(Schema.Literal("PUT", "POST"), { default: () => "PUT" })
})

/** The files of a video. */
export const VideoInput = Schema.Struct({
  videoFileUrl: Schema.String,
  /** The sound, when the video file has none; at most one is read. */
  separatedAudioFileUrl: Schema.optionalWith(Schema.Array(Schema.String), { default: () => [] })
})

/** Short side in pixels; 0 for sound alone. */
export const Resolution = Schema.Int.pipe(Schema.between(0, 16_384))

/** Frames a second; 0 for those of the source. */
export const FrameRate = Schema.Number.pipe(Schema.between(0, 1000))

/** Reads the payload of a job as its type expects it. */
export const read = <A, I>(schema: Schema.Schema<A, I>, { payload }: JobContext): Effect.Effect<A, JobFailed> =>
  Effect.mapError(
    Schema.decodeUnknown(schema)(payload),
    (error) => new JobFailed({ message: `The payload of the job cannot be read: ${error.message}` })
  )
