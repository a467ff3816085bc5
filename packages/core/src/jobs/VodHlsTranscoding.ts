import { Effect, Either, Option, Schema, Stream } from "effect"
import { checkFragments, fitPlaylist, renameMedia, validateMediaPlaylist } from "../domain/hls/HlsPlaylist.ts"
import { refusedDurations } from "../domain/job/JobAttempt.ts"
import type { MediaSummary } from "../domain/media/MediaSummary.ts"
import { checkRendition } from "../domain/media/ResultCheck.ts"
import type { Timeline } from "../domain/mp4/index.ts"
import { masterKey, mediaKey, nameOf, playlistKey } from "../domain/video/FileNames.ts"
import type { VideoFile } from "../domain/video/Video.ts"
import { addRendition } from "../domain/video/VideoMachine.ts"
import { FileStorage } from "../ports/FileStorage.ts"
import * as JobType from "./JobType.ts"
import { examine, forVideo, inputOf, outputFields, tidied, withSourceOf } from "./mediaResult.ts"
import { storeSegments } from "./mp4/store.ts"
import { survey } from "./mp4/survey.ts"
import { readText, UploadedFile } from "./UploadedFile.ts"
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

/** The playlist of a 100 hour video has about 10 MB. A larger one is invalid. */
const MAX_PLAYLIST_SIZE = 16 * 1024 ** 2
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

/** The media file of a playlist. */
interface Media {
  readonly name: string
  readonly size: number
  readonly duration: Option.Option<number>
  /** None when the file is not MP4. */
  readonly timeline: Option.Option<Timeline>
}

/** The runner's playlist with our name of the media file and the durations of the media, ready to serve. */
const playlistText = Effect.fn("VodHlsTranscoding.playlistText")(function* (file: UploadedFile, media: Media) {
  if (file.size > MAX_PLAYLIST_SIZE) {
    return yield* new JobType.CompletionError({ message: "The playlist is far too large." })
  }
  const text = renameMedia(yield* readText(file), media.name)
  yield* validateMediaPlaylist(text, media)
  yield* Option.match(media.timeline, {
    onNone: () => Either.void,
    onSome: (timeline) => checkFragments(text, timeline)
  })
  return yield* fitPlaylist(text, media.duration)
})

/**
 * Makes one HLS rendition: a fragmented MP4 file and its playlist. The result is checked where it was received, before
 * anything is stored. Both files are stored under names of this attempt and unused until the video is published with
 * them.
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
    forVideo(attempt.privatePayload, ({ id, source }) =>
      Effect.gen(function* () {
        const { job, payload, privatePayload, result, attemptId } = attempt
        const { master, media, playlist } = keysOf(attempt)
        const { file: found, reports } = yield* examine(result.videoFile, {
          attemptId,
          key: media,
          check: (summary) =>
            checkRendition({ asked: payload.output, source, result: summary, refused: refusedDurations(job.attempts) })
        })
        const file: VideoFile = { ...found, playlistKey: playlist }
        const boxes = yield* survey(result.videoFile)
        const text = yield* playlistText(result.resolutionPlaylistFile, {
          ...{ name: nameOf(media), size: file.size, duration: file.duration },
          timeline: Option.map(boxes, ({ timeline }) => timeline)
        })

        const storage = yield* FileStorage
        yield* storeSegments(media, result.videoFile, {
          survey: boxes,
          anchor: { fps: source.fps, start: startIn(source, payload.output.resolution) }
        })
        yield* storage.write(playlist, Stream.encodeText(Stream.make(text)), { contentType: playlistType })
        return {
          videoId: id,
          change: (current, now) => tidied(addRendition(withSourceOf(current, file), file, now), privatePayload, now),
          playlistKey: Option.some(master),
          canPublish: privatePayload.canPublish,
          jobs: () => [],
          reports
        }
      })
    ).pipe(Effect.withSpan("VodHlsTranscoding.complete"), JobType.orCompletionError),

  files: (attempt) => Object.values(keysOf(attempt))
})
