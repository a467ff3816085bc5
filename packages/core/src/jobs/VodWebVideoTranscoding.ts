import { checkRendition } from "../domain/media/ResultCheck.ts"
import { addWebVideo } from "../domain/video/VideoMachine.ts"
import * as JobType from "./JobType.ts"
import { inputOf, withSourceOf } from "./mediaResult.ts"
import * as ProgressiveFile from "./progressiveFile.ts"
import { RenditionJob } from "./videoJob.ts"

/** Makes one progressive MP4 file of a video, with picture and audio in one file. */
export const VodWebVideoTranscoding = JobType.make({
  name: "vod-web-video-transcoding",
  payload: ProgressiveFile.Payload,
  privatePayload: RenditionJob,
  result: ProgressiveFile.Result,
  abortable: true,
  silence: "vod",

  present: (job, { payload: { output }, privatePayload }, urls) => ({
    input: inputOf(job, { output, rendition: privatePayload }, urls),
    output
  }),

  complete: (attempt) =>
    ProgressiveFile.complete(attempt, {
      check: (compared) => checkRendition({ ...compared, asked: attempt.payload.output }),
      add: (video, file, now) => addWebVideo(withSourceOf(video, file), file, now)
    }).pipe(JobType.orCompletionError),

  files: (attempt) => [ProgressiveFile.keyOf(attempt)]
})
