import { Effect, Option, Schema, Stream } from "effect"
import { type Caption, subtitlePlaylist } from "../domain/captions/Captions.ts"
import { Language, languageLabel, parseOffered } from "../domain/captions/Languages.ts"
import { validateWebVtt, webVttLimits } from "../domain/captions/WebVtt.ts"
import { captionKey, captionPlaylistKey, masterKey, nameOf } from "../domain/video/FileNames.ts"
import { durationOf, withCaption } from "../domain/video/VideoMachine.ts"
import { FileStorage } from "../ports/FileStorage.ts"
import { spanned } from "../ports/Spans.ts"
import { VideoStore } from "../ports/VideoStore.ts"
import * as JobType from "./JobType.ts"
import { readText, UploadedFile } from "./UploadedFile.ts"
import { placeOf, videoJobFields } from "./videoJob.ts"

const Payload = Schema.Struct({
  /** The URL from which runners fetch the audio. The server's own by default. */
  videoUrl: Schema.optional(Schema.String)
})

const Private = Schema.Struct({
  ...videoJobFields,
  /** The languages that were offered at the time of the request. Null for all. */
  languages: Schema.NullOr(Schema.Array(Language))
})

const Result = Schema.Struct({
  /** The language from the runner, in any spelling. */
  inputLanguage: Schema.String,
  vttFile: UploadedFile.schema
})

type Content = JobType.Attempt<typeof Payload.Type, typeof Private.Type>

const keysOf = ({ privatePayload, attemptId }: Content) => {
  const place = placeOf(privatePayload)
  return {
    caption: captionKey(place, attemptId),
    playlist: captionPlaylistKey(place, attemptId),
    master: masterKey(place, attemptId)
  }
}

/** The most bytes that the longest accepted text can have. */
const MAX_SIZE = 3 * webVttLimits.size

/** The text of a captions file and its content. */
const readCaptions = spanned("VideoTranscription.readCaptions")(function* (file: UploadedFile) {
  if (file.size > MAX_SIZE)
    return yield* new JobType.CompletionError({ message: "The captions file is far too large." })
  const text = yield* readText(file)
  return { text, ...(yield* validateWebVtt(text)) }
})

/**
 * The video with the captions, unless a person has made some in this language. Unused files become pending deletions.
 */
const publicationOf = (attempt: Content, caption: Caption): JobType.Publication => ({
  videoId: attempt.privatePayload.videoId,
  change: (video, now) => withCaption(video, caption, now),
  playlistKey: Option.some(keysOf(attempt).master),
  canPublish: false,
  jobs: () => []
})

/**
 * Transcribes a video. The text becomes captions in the detected language, which players find in the master playlist. A
 * video without a language gets this one.
 */
export const VideoTranscription = JobType.make({
  name: "video-transcription",
  payload: Payload,
  privatePayload: Private,
  result: Result,
  abortable: true,
  silence: "vod",

  present: (job, { payload, privatePayload }, urls) => ({
    input: { videoFileUrl: payload.videoUrl ?? urls.maxQualityAudio(job.id, privatePayload.videoId) },
    output: {}
  }),

  complete: spanned("VideoTranscription.complete")(function* (attempt) {
    const { privatePayload, result } = attempt
    const found = yield* Effect.flatMap(VideoStore, (videos) => videos.find(privatePayload.videoId))
    if (Option.isNone(found)) return Option.none()
    const language = yield* parseOffered(result.inputLanguage, Option.fromNullable(privatePayload.languages))
    const { end, text } = yield* readCaptions(result.vttFile)

    const keys = keysOf(attempt)
    const storage = yield* FileStorage
    const duration = Option.getOrElse(durationOf(found.value), () => end)
    const playlist = subtitlePlaylist(nameOf(keys.caption), duration)
    yield* storage.write(keys.caption, Stream.encodeText(Stream.make(text)), { contentType: "text/vtt" })
    yield* storage.write(keys.playlist, Stream.encodeText(Stream.make(playlist)), {
      contentType: "application/vnd.apple.mpegurl"
    })
    return Option.some(
      publicationOf(attempt, {
        language,
        label: languageLabel(language),
        automatic: true,
        key: keys.caption,
        playlistKey: keys.playlist
      })
    )
  }, JobType.orCompletionError),

  files: (attempt) => Object.values(keysOf(attempt)),

  // The video is written together with the job, so that its events report the failure.
  lost: () => ({ change: (video) => video })
})
