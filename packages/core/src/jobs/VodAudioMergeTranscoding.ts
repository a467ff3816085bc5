import { checkMerge } from "../domain/media/ResultCheck.ts"
import { withPicture } from "../domain/video/VideoMachine.ts"
import * as JobType from "./JobType.ts"
import * as ProgressiveFile from "./progressiveFile.ts"
import { RenditionJob } from "./videoJob.ts"

/**
 * Makes a video of audio and a still picture. It has the size of the picture, whatever resolution is requested, and
 * becomes the source of all renditions.
 */
export const VodAudioMergeTranscoding = JobType.make({
  name: "vod-audio-merge-transcoding",
  payload: ProgressiveFile.Payload,
  privatePayload: RenditionJob,
  result: ProgressiveFile.Result,
  abortable: true,
  silence: "vod",

  present: (job, { payload: { output }, privatePayload: { videoId } }, urls) => ({
    input: { audioFileUrl: urls.maxQualityAudio(job.id, videoId), previewFileUrl: urls.thumbnail(job.id, videoId) },
    output
  }),

  complete: (attempt) =>
    ProgressiveFile.complete(attempt, { check: checkMerge, add: withPicture }).pipe(JobType.orCompletionError),

  files: (attempt) => [ProgressiveFile.keyOf(attempt)]
})
