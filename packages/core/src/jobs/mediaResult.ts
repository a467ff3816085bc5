import { type DateTime, Effect, type Either, Option, Schema } from "effect"
import type { FileKey } from "../domain/FileKey.ts"
import { VideoId } from "../domain/Ids.ts"
import type { RunnerJob } from "../domain/job/RunnerJob.ts"
import { summarize } from "../domain/media/MediaFacts.ts"
import type { MediaSummary } from "../domain/media/MediaSummary.ts"
import { isSameDuration, type UnexpectedResult } from "../domain/media/ResultCheck.ts"
import { type MediaReport, reportAs } from "../domain/video/MediaReport.ts"
import { mediaFile } from "../domain/video/mediaFile.ts"
import { hlsReplacesWebVideos, withoutSource, withoutWebVideos } from "../domain/video/PendingDeletion.ts"
import type { Video, WebVideo } from "../domain/video/Video.ts"
import { FileStorage, type FileStorageError, MediaSource } from "../ports/FileStorage.ts"
import { MediaProbe } from "../ports/MediaProbe.ts"
import type { PersistenceError } from "../ports/PersistenceError.ts"
import { spanned } from "../ports/Spans.ts"
import { VideoStore } from "../ports/VideoStore.ts"
import { type JobUrls, orCompletionError, type Publication } from "./JobType.ts"
import type { Survey } from "./mp4/survey.ts"
import type { UploadedFile } from "./UploadedFile.ts"
import type { RenditionJob } from "./videoJob.ts"

/** The requested rendition, as in payloads. */
export const outputFields = {
  /** Short side in pixels. 0 for audio only. */
  resolution: Schema.Int,
  fps: Schema.Int
}

/** The URLs of a job's inputs. Audio-only jobs get no picture. */
export const inputOf = (
  job: RunnerJob,
  { output, rendition }: { readonly output: { readonly resolution: number }; readonly rendition: RenditionJob },
  urls: JobUrls
): { readonly videoFileUrl: string; readonly separatedAudioFileUrl: ReadonlyArray<string> } => {
  const input = rendition.inputId === undefined ? rendition.videoId : VideoId.make(rendition.inputId)
  if (output.resolution === 0) return { videoFileUrl: urls.maxQualityAudio(job.id, input), separatedAudioFileUrl: [] }
  return {
    videoFileUrl: urls.maxQuality(job.id, input),
    separatedAudioFileUrl: rendition.separatedSound ? [urls.maxQualityAudio(job.id, input)] : []
  }
}

/** The publication of a result whose video exists. None when the video was removed. */
export const forVideo = <E, R>(
  { videoId }: Pick<RenditionJob, "videoId">,
  use: (video: Video) => Effect.Effect<Publication, E, R>
): Effect.Effect<Option.Option<Publication>, E | PersistenceError, R | VideoStore> =>
  Effect.flatMap(VideoStore, (videos) => Effect.flatMap(videos.find(videoId), Effect.transposeMapOption(use)))

/**
 * Probes the received file before anything is stored and compares it with the request. Returns it as a file of the
 * video, with its report. With a survey of the file, its boxes are not read again.
 */
export const examine = spanned("mediaResult.examine")(function* (
  upload: Pick<UploadedFile, "path" | "size">,
  {
    check,
    surveyed,
    ...names
  }: {
    readonly attemptId: string
    readonly key: FileKey
    readonly surveyed?: Effect.Effect<Option.Option<Survey>, unknown>
    readonly check: (result: MediaSummary) => Either.Either<void, UnexpectedResult>
  }
) {
  const probe = yield* MediaProbe
  const packets = surveyed?.pipe(
    Effect.map(Option.match({ onNone: () => [], onSome: ({ packets }) => packets })),
    Effect.orElseSucceed(() => [])
  )
  const report = yield* probe.probe(MediaSource.Path({ path: upload.path }), packets)
  const summary = { ...summarize(report), size: upload.size }
  yield* check(summary)
  const reports: ReadonlyArray<MediaReport> = reportAs(names.attemptId, report)
  return { file: mediaFile(Option.some(report), summary, names), reports }
}, orCompletionError)

/** Moves the media file into the storage. */
export const keep = (file: WebVideo, upload: UploadedFile): Effect.Effect<void, FileStorageError, FileStorage> =>
  Effect.flatMap(FileStorage, (storage) => storage.adopt(file.key, upload.path, { contentType: "video/mp4" }))

/**
 * The video with the source duration of its accepted file. They differ where the container of the source guessed wrong.
 * A file with one track of several says nothing about the whole.
 */
export const withSourceOf = (video: Video, file: WebVideo): Video => {
  const { source } = video
  const isWhole = file.hasVideo === source.hasVideo && file.hasAudio === source.hasAudio
  const isMisjudged = Option.exists(
    Option.all([source.duration, file.duration]),
    ([stated, made]) => !isSameDuration(stated, made)
  )
  if (!isWhole || !isMisjudged) return video
  const { heard: _, shown: __, ...rest } = source
  return { ...video, source: { ...rest, duration: file.duration } }
}

/** The video with the new rendition, without the files that the job makes superfluous. */
export const tidied = (video: Video, job: RenditionJob, now: DateTime.Utc): Video => {
  const current = job.deletesInput ? withoutSource(video, now) : video
  return job.deletesWebVideos && hlsReplacesWebVideos(current) ? withoutWebVideos(current, now) : current
}
