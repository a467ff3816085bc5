import { Effect, Option, Schema } from "effect"
import { refusedDurations } from "../domain/job/JobAttempt.ts"
import { isUsable } from "../domain/media/MediaFacts.ts"
import { checkEdited } from "../domain/media/ResultCheck.ts"
import { edited, unedited } from "../domain/studio/EditedVideo.ts"
import { presentTasks, StudioTasks, taskFileNames } from "../domain/studio/StudioTasks.ts"
import { editedSourceKey } from "../domain/video/FileNames.ts"
import { reportAs, SOURCE } from "../domain/video/MediaReport.ts"
import { FileStorage, MediaSource } from "../ports/FileStorage.ts"
import { MediaProbe } from "../ports/MediaProbe.ts"
import { spanned } from "../ports/Spans.ts"
import { VideoStore } from "../ports/VideoStore.ts"
import * as JobType from "./JobType.ts"
import { prepareJobs } from "./jobGraph.ts"
import { UploadedFile } from "./UploadedFile.ts"
import { placeOf, videoJobFields } from "./videoJob.ts"

const Payload = Schema.Struct({ tasks: StudioTasks })

const Private = Schema.Struct({
  ...videoJobFields,
  /** The source has its audio in a separate file. */
  separatedSound: Schema.Boolean,
  /** The state of the video after a failed edit. */
  previousState: Schema.Literal("Published", "TranscodingFailed"),
  /** Expected duration of the result in seconds. Null when unknown. */
  expectedDuration: Schema.NullOr(Schema.Number),
  /** Keep the old source. */
  keepsSource: Schema.Boolean
})

const keyOf = ({ privatePayload, attemptId }: JobType.Attempt<typeof Payload.Type, typeof Private.Type>) =>
  editedSourceKey(placeOf(privatePayload), attemptId)

const examine = spanned("VideoStudioTranscoding.examine")(function* (
  file: UploadedFile,
  options: { readonly expected: Option.Option<number>; readonly refused: ReadonlyArray<number> }
) {
  const probe = yield* MediaProbe
  const report = yield* probe.probe(MediaSource.Path({ path: file.path }))
  const summary = yield* isUsable(report, { size: file.size })
  yield* checkEdited({ ...options, result: summary })
  return { report, source: { ...summary, size: file.size } }
})

/**
 * Edits a video. The result becomes its source, and everything in its plan is made again. The files of the tasks are
 * deleted when the job ends.
 */
export const VideoStudioTranscoding = JobType.make({
  name: "video-studio-transcoding",
  payload: Payload,
  privatePayload: Private,
  result: Schema.Struct({ videoFile: UploadedFile.schema }),
  abortable: true,
  retryable: false,
  silence: "vod",

  present: (job, { payload, privatePayload: { separatedSound, videoId } }, urls) => ({
    input: {
      videoFileUrl: urls.maxQuality(job.id, videoId),
      separatedAudioFileUrl: separatedSound ? [urls.maxQualityAudio(job.id, videoId)] : []
    },
    output: {},
    tasks: presentTasks(payload.tasks, (name) => urls.taskFile(job.id, videoId, name))
  }),

  taskFiles: ({ payload }) => taskFileNames(payload.tasks),

  complete: spanned("VideoStudioTranscoding.complete")(function* (attempt) {
    const { job, payload, privatePayload, result } = attempt
    const { expectedDuration, keepsSource, videoId } = privatePayload
    const found = yield* Effect.flatMap(VideoStore, (videos) => videos.find(videoId))
    if (Option.isNone(found)) return Option.none()
    if (found.value.state !== "ToEdit") {
      return yield* new JobType.CompletionError({ message: "The video is not to be edited any more." })
    }
    const { report, source } = yield* examine(result.videoFile, {
      expected: Option.fromNullable(expectedDuration),
      refused: refusedDurations(job.attempts)
    })
    const jobsOf = yield* prepareJobs({ plan: found.value.plan, source })

    const sourceKey = keyOf(attempt)
    const storage = yield* FileStorage
    yield* storage.adopt(sourceKey, result.videoFile.path, { contentType: "video/mp4" })
    return Option.some<JobType.Publication>({
      videoId,
      change: (video, now) => edited(video, { sourceKey, source, tasks: payload.tasks, keepsSource }, now),
      playlistKey: Option.none(),
      canPublish: false,
      jobs: ({ plan }, at) =>
        jobsOf({ videoId, place: placeOf(privatePayload), source, plan, separatedSound: false, at }),
      reports: reportAs(SOURCE, report)
    })
  }, JobType.orCompletionError),

  files: (attempt) => [keyOf(attempt)],

  lost: ({ payload, privatePayload: { previousState } }) => ({
    change: (video, now) => unedited(video, { previousState, tasks: payload.tasks }, now)
  })
})
