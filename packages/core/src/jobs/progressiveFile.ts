import { type DateTime, Effect, type Either, Option, Schema } from "effect"
import type { FileKey } from "../domain/FileKey.ts"
import { refusedDurations } from "../domain/job/JobAttempt.ts"
import type { Compared, UnexpectedResult } from "../domain/media/ResultCheck.ts"
import { webVideoKey } from "../domain/video/FileNames.ts"
import type { Video, WebVideo } from "../domain/video/Video.ts"
import type { Attempt } from "./JobType.ts"
import { examine, forVideo, keep, outputFields, tidied } from "./mediaResult.ts"
import { UploadedFile } from "./UploadedFile.ts"
import { placeOf, type RenditionJob } from "./videoJob.ts"

/** The request for a progressive file. */
export const Payload = Schema.Struct({ output: Schema.Struct(outputFields) })

/** The result. */
export const Result = Schema.Struct({ videoFile: UploadedFile.schema })

/** One attempt to make a progressive file. */
export type Content = Attempt<typeof Payload.Type, RenditionJob>

/** The key of the file of this attempt. */
export const keyOf = ({ payload, privatePayload, attemptId }: Content): FileKey =>
  webVideoKey(placeOf(privatePayload), attemptId, payload.output.resolution)

/** Checks and stores a progressive file. No playlist lists it. */
export const complete = (
  attempt: Content & { readonly result: typeof Result.Type },
  options: {
    readonly check: (compared: Compared) => Either.Either<void, UnexpectedResult>
    /** The video with the file. */
    readonly add: (video: Video, file: WebVideo, now: DateTime.Utc) => Video
  }
) =>
  forVideo(attempt.privatePayload, ({ id, source }) =>
    Effect.gen(function* () {
      const { job, privatePayload, result, attemptId } = attempt
      const { file, reports } = yield* examine(result.videoFile, {
        attemptId,
        key: keyOf(attempt),
        check: (found) => options.check({ source, result: found, refused: refusedDurations(job.attempts) })
      })
      yield* keep(file, result.videoFile)
      return {
        videoId: id,
        change: (current, now) => tidied(options.add(current, file, now), privatePayload, now),
        playlistKey: Option.none(),
        canPublish: privatePayload.canPublish,
        jobs: () => [],
        reports
      }
    })
  )
