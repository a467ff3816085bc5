import { Effect, Option, Schema, Stream } from "effect"
import { withFailure } from "../domain/chunk/Growth.ts"
import { refusedDurations } from "../domain/job/JobAttempt.ts"
import type { MediaSummary } from "../domain/media/MediaSummary.ts"
import { checkRendition } from "../domain/media/ResultCheck.ts"
import { masterKey, mediaKey, playlistKey } from "../domain/video/FileNames.ts"
import type { Video, VideoFile } from "../domain/video/Video.ts"
import { addRendition } from "../domain/video/VideoMachine.ts"
import { FileStorage } from "../ports/FileStorage.ts"
import { completeChunk } from "./chunkResult.ts"
import { checkHls, receivedPlaylist } from "./hlsResult.ts"
import * as JobType from "./JobType.ts"
import { forVideo, inputOf, outputFields, tidied, withSourceOf } from "./mediaResult.ts"
import { storeSegments, storeTrack } from "./mp4/store.ts"
import { UploadedFile } from "./UploadedFile.ts"
import { placeOf, RenditionJob } from "./videoJob.ts"

const Payload = Schema.Struct({
  output: Schema.Struct({
    ...outputFields,
    /** The audio has its own rendition, and this one has none. */
    separatedAudio: Schema.Boolean
  })
})

const Result = Schema.Struct({
  videoFile: UploadedFile.schema,
  resolutionPlaylistFile: UploadedFile.schema
})

type Content = JobType.Attempt<typeof Payload.Type, RenditionJob>

const playlistType = "application/vnd.apple.mpegurl"

const keysOf = ({ payload, privatePayload, attemptId }: Content) => {
  const place = placeOf(privatePayload)
  return {
    media: mediaKey(place, attemptId, payload.output.resolution),
    playlist: playlistKey(place, attemptId, payload.output.resolution),
    master: masterKey(place, attemptId)
  }
}

/** When the track of a single-track rendition begins in the source, in seconds. */
const startIn = ({ heard, shown }: MediaSummary, resolution: number): Option.Option<number> =>
  Option.map(Option.fromNullable(resolution === 0 ? heard : shown), ({ start }) => start)

/** Checks and stores a whole rendition. Both files are unused until the video is published with them. */
const completeWhole = Effect.fnUntraced(function* (
  attempt: Content & { readonly result: typeof Result.Type },
  { id, source }: Video
) {
  const { attemptId, job, payload, privatePayload, result } = attempt
  const { master, media, playlist } = keysOf(attempt)
  const files = { media: result.videoFile, playlist: receivedPlaylist(result.resolutionPlaylistFile) }
  const checked = yield* checkHls(files, {
    attemptId,
    key: media,
    check: (summary) =>
      checkRendition({ asked: payload.output, source, result: summary, refused: refusedDurations(job.attempts) })
  })
  const { boxes, reports, text } = checked
  const file: VideoFile = { ...checked.file, playlistKey: playlist }
  const storage = yield* FileStorage
  // Extracted audio begins with its first sample.
  const place = { fps: source.fps, at: source.heard?.start ?? 0 }
  yield* privatePayload.inputId !== undefined && Option.isSome(boxes)
    ? storeTrack(media, result.videoFile, { survey: boxes.value, place })
    : storeSegments(media, result.videoFile, {
        survey: boxes,
        anchor: { fps: source.fps, start: startIn(source, payload.output.resolution) }
      })
  yield* storage.write(playlist, Stream.encodeText(Stream.make(text)), { contentType: playlistType })
  const publication: JobType.Publication = {
    videoId: id,
    change: (current, now) => tidied(addRendition(withSourceOf(current, file), file, now), privatePayload, now),
    playlistKey: Option.some(master),
    canPublish: privatePayload.canPublish,
    jobs: () => [],
    reports
  }
  return publication
})

/**
 * Makes one HLS rendition, or one chunk of it: a fragmented MP4 file and its playlist. The result is checked where it was
 * received, before anything is stored. Files are stored under names of this attempt.
 */
export const VodHlsTranscoding = JobType.make({
  name: "vod-hls-transcoding",
  payload: Payload,
  privatePayload: RenditionJob,
  result: Result,
  abortable: true,
  silence: "vod",

  present: (job, { payload: { output }, privatePayload }, urls) => ({
    input: inputOf(job, { output, rendition: privatePayload }, urls),
    output
  }),

  complete: (attempt) =>
    forVideo(attempt.privatePayload, (video) =>
      Option.isSome(attempt.job.renditionId) ? completeChunk(attempt, video) : completeWhole(attempt, video)
    ).pipe(Effect.withSpan("VodHlsTranscoding.complete"), JobType.orCompletionError),

  files: (attempt) =>
    Option.isSome(attempt.job.renditionId) ? [keysOf(attempt).media] : Object.values(keysOf(attempt)),

  lost: ({ job }) =>
    Option.getOrUndefined(
      Option.map(job.renditionId, (id) => ({ change: (video, now) => withFailure(video, id, now) }))
    )
})
