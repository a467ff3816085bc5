import { Effect, Option, Schema, Stream } from "effect"
import { masterKey, mediaKey, nameOf, playlistKey } from "../domain/FileNames.ts"
import { codecsOf } from "../domain/HlsCodecs.ts"
import { renameMedia, validateMediaPlaylist } from "../domain/HlsPlaylist.ts"
import { summarize } from "../domain/MediaFacts.ts"
import type { ProbeReport } from "../domain/ProbeReport.ts"
import { checkRendition } from "../domain/ResultCheck.ts"
import type { VideoFile } from "../domain/Video.ts"
import { addRendition } from "../domain/VideoMachine.ts"
import { FileStorage, MediaSource } from "../ports/FileStorage.ts"
import { MediaProbe } from "../ports/MediaProbe.ts"
import { VideoStore } from "../ports/VideoStore.ts"
import * as JobType from "./JobType.ts"
import { readText, UploadedFile } from "./UploadedFile.ts"
import { placeOf, RenditionJob } from "./videoJob.ts"

const Payload = Schema.Struct({
  output: Schema.Struct({
    /** Short side in pixels; 0 for sound alone. */
    resolution: Schema.Int,
    fps: Schema.Int,
    /** Sound comes in a rendition of its own, and this one has none. */
    separatedAudio: Schema.Boolean
  })
})

const Result = Schema.Struct({
  videoFile: UploadedFile.schema,
  resolutionPlaylistFile: UploadedFile.schema
})

type Content = JobType.Attempt<typeof Payload.Type, RenditionJob>

/** A playlist of a 100 hour video has some 10 MB; what is larger is none. */
const MAX_PLAYLIST_SIZE = 16 * 1024 ** 2
const playlistType = "application/vnd.apple.mpegurl"

const keysOf = ({ payload, privatePayload, resultId }: Content) => {
  const place = placeOf(privatePayload)
  return {
    media: mediaKey(place, resultId, payload.output.resolution),
    playlist: playlistKey(place, resultId, payload.output.resolution),
    master: masterKey(place, resultId)
  }
}

/** The rendition as it will stand in the video. */
const renditionOf = (attempt: Content, report: ProbeReport, file: UploadedFile): VideoFile => {
  const summary = summarize(report, { size: file.size })
  const { media, playlist } = keysOf(attempt)
  return {
    resultId: attempt.resultId,
    resolution: summary.hasVideo ? Math.min(summary.width, summary.height) : 0,
    fps: Math.round(summary.fps),
    width: summary.width,
    height: summary.height,
    size: file.size,
    duration: summary.duration,
    hasVideo: summary.hasVideo,
    hasAudio: summary.hasAudio,
    codecs: codecsOf(report),
    key: media,
    playlistKey: playlist
  }
}

/** The runner's playlist under our media name, fit to be served. */
const playlistText = Effect.fn("VodHlsTranscoding.playlistText")(function* (
  file: UploadedFile,
  media: { readonly name: string; readonly size: number }
) {
  if (file.size > MAX_PLAYLIST_SIZE) {
    return yield* new JobType.CompletionError({ message: "The playlist is far too large." })
  }
  const text = renameMedia(yield* readText(file), media.name)
  yield* validateMediaPlaylist(text, media)
  return text
})

/**
 * Makes one HLS rendition of a video: a fragmented MP4 and the playlist that cuts it. The result is looked at where it
 * was received, before anything is stored; both files are stored under names of this try, which nobody refers to
 * before the video is published with them.
 */
export const VodHlsTranscoding = JobType.make({
  name: "vod-hls-transcoding",
  payload: Payload,
  privatePayload: RenditionJob,
  result: Result,
  abortable: true,
  silence: "vod",

  present: (job, { payload, privatePayload }, urls) => ({
    input: { videoFileUrl: urls.maxQuality(job.id, privatePayload.videoId), separatedAudioFileUrl: [] },
    output: payload.output
  }),

  complete: Effect.fn("VodHlsTranscoding.complete")(function* (attempt) {
    const { payload, privatePayload, result } = attempt
    const storage = yield* FileStorage
    const found = yield* Effect.flatMap(VideoStore, (videos) => videos.find(privatePayload.videoId))
    if (Option.isNone(found)) return Option.none()
    const video = found.value

    const probe = yield* MediaProbe
    const report = yield* probe.probe(MediaSource.Path({ path: result.videoFile.path }))
    const file = renditionOf(attempt, report, result.videoFile)
    yield* checkRendition({ asked: payload.output, source: video.source, result: { ...file, duration: file.duration } })
    const text = yield* playlistText(result.resolutionPlaylistFile, { name: nameOf(file.key), size: file.size })

    yield* storage.adopt(file.key, result.videoFile.path, { contentType: "video/mp4" })
    yield* storage.write(file.playlistKey, Stream.encodeText(Stream.make(text)), { contentType: playlistType })
    return Option.some<JobType.Publication>({
      videoId: video.id,
      change: (current, now) => addRendition(current, file, now),
      announce: (hooks, after) => hooks.renditionReady(after, file),
      playlistKey: Option.some(keysOf(attempt).master),
      canPublish: privatePayload.canPublish,
      jobs: () => []
    })
  }, JobType.orCompletionError),

  files: (attempt) => Object.values(keysOf(attempt))
})
