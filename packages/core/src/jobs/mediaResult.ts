import { type DateTime, Effect, type Either, Option, Schema } from "effect"
import type { FileKey } from "../domain/FileKey.ts"
import { codecsOf, videoRangeOf } from "../domain/hls/HlsCodecs.ts"
import type { RunnerJob } from "../domain/job/RunnerJob.ts"
import { summarize } from "../domain/media/MediaFacts.ts"
import type { MediaSummary } from "../domain/media/MediaSummary.ts"
import type { ProbeReport } from "../domain/media/ProbeReport.ts"
import { isSameDuration, type UnexpectedResult } from "../domain/media/ResultCheck.ts"
import { hlsReplacesWebVideos, withoutSource, withoutWebVideos } from "../domain/video/PendingDeletion.ts"
import type { Video, WebVideo } from "../domain/video/Video.ts"
import { FileStorage, type FileStorageError, MediaSource } from "../ports/FileStorage.ts"
import { MediaProbe } from "../ports/MediaProbe.ts"
import type { PersistenceError } from "../ports/PersistenceError.ts"
import { VideoStore } from "../ports/VideoStore.ts"
import { type JobUrls, orCompletionError, type Publication } from "./JobType.ts"
import type { UploadedFile } from "./UploadedFile.ts"
import type { RenditionJob } from "./videoJob.ts"

/** Which rendition is asked for, as it stands in payloads. */
export const outputFields = {
  /** Short side in pixels; 0 for sound alone. */
  resolution: Schema.Int,
  fps: Schema.Int
}

/** Where a runner fetches what it makes a rendition from: for sound alone no picture. */
export const inputOf = (
  job: RunnerJob,
  { output, rendition }: { readonly output: { readonly resolution: number }; readonly rendition: RenditionJob },
  urls: JobUrls
): { readonly videoFileUrl: string; readonly separatedAudioFileUrl: ReadonlyArray<string> } => {
  const sound = urls.maxQualityAudio(job.id, rendition.videoId)
  return output.resolution === 0
    ? { videoFileUrl: sound, separatedAudioFileUrl: [] }
    : {
        videoFileUrl: urls.maxQuality(job.id, rendition.videoId),
        separatedAudioFileUrl: rendition.separatedSound ? [sound] : []
      }
}

/** What becomes of a result whose video is still there; nothing when it was removed. */
export const forVideo = <E, R>(
  { videoId }: Pick<RenditionJob, "videoId">,
  use: (video: Video) => Effect.Effect<Publication, E, R>
): Effect.Effect<Option.Option<Publication>, E | PersistenceError, R | VideoStore> =>
  Effect.flatMap(VideoStore, (videos) => Effect.flatMap(videos.find(videoId), Effect.transposeMapOption(use)))

const fileOf = (report: ProbeReport, summary: MediaSummary, names: Pick<WebVideo, "attemptId" | "key">): WebVideo => {
  const { duration, hasAudio, hasVideo, height, size, width } = summary
  return {
    ...names,
    resolution: hasVideo ? Math.min(width, height) : 0,
    fps: Math.round(summary.fps),
    width,
    height,
    size,
    duration,
    hasVideo,
    hasAudio,
    codecs: codecsOf(report),
    ...Option.match(videoRangeOf(report), { onNone: () => ({}), onSome: (videoRange) => ({ videoRange }) })
  }
}

/**
 * Looks at a media file where it was received, before anything is stored, and compares it with what was asked. Gives it
 * as it will stand in the video.
 */
export const examine = Effect.fn("mediaResult.examine")(function* (
  upload: UploadedFile,
  options: {
    readonly attemptId: string
    readonly key: FileKey
    readonly check: (result: MediaSummary) => Either.Either<void, UnexpectedResult>
  }
) {
  const probe = yield* MediaProbe
  const report = yield* probe.probe(MediaSource.Path({ path: upload.path }))
  const summary = { ...summarize(report), size: upload.size }
  yield* options.check(summary)
  return fileOf(report, summary, options)
}, orCompletionError)

/** Takes the media file over into storage. */
export const keep = (file: WebVideo, upload: UploadedFile): Effect.Effect<void, FileStorageError, FileStorage> =>
  Effect.flatMap(FileStorage, (storage) => storage.adopt(file.key, upload.path, { contentType: "video/mp4" }))

/**
 * The video with the source duration that its accepted file has. The file differs where the source's container guessed
 * wrong. A file of one track of several says nothing about the whole.
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

/** The video, after the rendition was added to it, without what the job makes superfluous. */
export const tidied = (video: Video, job: RenditionJob, now: DateTime.Utc): Video => {
  const current = job.deletesInput ? withoutSource(video, now) : video
  return job.deletesWebVideos && hlsReplacesWebVideos(current) ? withoutWebVideos(current, now) : current
}
