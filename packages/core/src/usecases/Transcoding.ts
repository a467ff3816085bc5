import { Cause, Context, DateTime, Duration, Effect, Exit, Layer, Option, Stream } from "effect"
import { ConnectorConfig } from "../ConnectorConfig.ts"
import type { FileKey } from "../domain/FileKey.ts"
import { thumbnailKey } from "../domain/FileNames.ts"
import { VideoId } from "../domain/Ids.ts"
import { isUsable } from "../domain/MediaFacts.ts"
import type { NewVideo, Video } from "../domain/Video.ts"
import { FileStorage, type FileStorageError, type MediaSource } from "../ports/FileStorage.ts"
import { MediaProbe, type ProbeError } from "../ports/MediaProbe.ts"
import type { PersistenceError } from "../ports/PersistenceError.ts"
import { RunnerNotifier } from "../ports/RunnerNotifier.ts"
import { Identifiers } from "../ports/Tokens.ts"
import { VideoStore } from "../ports/VideoStore.ts"
import { type InvalidRequest, UnusableMedia, VideoFileNotFound } from "./errors.ts"
import { makeInsertSurely } from "./insertSurely.ts"
import { jobsFor } from "./jobGraph.ts"
import { decodeRequest, type TranscodeVideo } from "./transcodeRequest.ts"

export type { TranscodeVideo }

/** Why a video is not taken. Nothing is left behind by any of them. */
export type TranscodeError =
  | InvalidRequest
  | VideoFileNotFound
  | UnusableMedia
  | ProbeError
  | FileStorageError
  | PersistenceError

/** Takes videos in. */
export class Transcoding extends Context.Tag("@runner-connector/core/Transcoding")<
  Transcoding,
  {
    /** Looks at the file once, takes a picture, and makes a job for each rendition. Returns without waiting for any. */
    readonly transcodeVideo: (request: TranscodeVideo) => Effect.Effect<Video, TranscodeError>
  }
>() {}

/** A tenth into the video, as first frames are often black, but not far into a long one. */
const pictureMoment = (duration: Option.Option<number>): Duration.Duration =>
  Duration.seconds(Math.min(10, Option.getOrElse(duration, () => 0) / 10))

/** Looks at a stored file as `transcodeVideo` does: once, and with a typed refusal. */
const makeExamine = Effect.gen(function* () {
  const storage = yield* FileStorage
  const probe = yield* MediaProbe
  return Effect.fn("Transcoding.examine")(function* (key: FileKey) {
    const missing = () => new VideoFileNotFound({ path: key })
    const { size } = yield* Effect.catchTag(storage.stat(key), "FileNotFound", missing)
    const source = yield* Effect.catchTag(storage.source(key), "FileNotFound", missing)
    const report = yield* probe
      .probe(source)
      .pipe(Effect.catchTag("UnreadableMedia", (error) => new UnusableMedia({ reason: error.reason })))
    const summary = yield* Effect.mapError(
      isUsable(report, { size }),
      (error) => new UnusableMedia({ reason: error.message })
    )
    return { source, summary }
  })
})

/** Takes and stores the picture; a video of which none can be taken does without. */
const makeThumbnail = Effect.gen(function* () {
  const storage = yield* FileStorage
  const probe = yield* MediaProbe
  return (key: FileKey, source: MediaSource, duration: Option.Option<number>) =>
    probe.frame(source, pictureMoment(duration)).pipe(
      Effect.flatMap((jpeg) => storage.write(key, Stream.make(jpeg), { contentType: "image/jpeg" })),
      Effect.as(Option.some(key)),
      Effect.catchTag("UnreadableMedia", "ProbeError", (error) =>
        Effect.as(Effect.logWarning("No thumbnail could be taken", Cause.fail(error)), Option.none<FileKey>())
      )
    )
})

const make = Effect.gen(function* () {
  const config = yield* ConnectorConfig
  const storage = yield* FileStorage
  const videos = yield* VideoStore
  const notifier = yield* RunnerNotifier
  const ids = yield* Identifiers
  const examine = yield* makeExamine
  const takeThumbnail = yield* makeThumbnail
  const insertSurely = yield* makeInsertSurely

  /** While nobody knows whether there is a video that refers to it, the picture stays. */
  const removeThumbnail = (id: VideoId, key: FileKey) =>
    Effect.ignoreLogged(
      Effect.flatMap(videos.find(id), (video) => (Option.isNone(video) ? storage.remove(key) : Effect.void))
    )

  const transcodeVideo = Effect.fn("Transcoding.transcodeVideo")(function* (request: TranscodeVideo) {
    const { baseName, destination, path, plan } = yield* decodeRequest(request, config.transcoding)
    const { source, summary } = yield* examine(path)
    const id = VideoId.make(yield* ids.uuid)
    const now = yield* DateTime.now
    const place = { destination, baseName }
    const jobs = yield* jobsFor({ videoId: id, place, source: summary, plan, separatedSound: false, at: now })

    const key = thumbnailKey(place, yield* ids.uuid)
    yield* Effect.addFinalizer((exit) => (Exit.isSuccess(exit) ? Effect.void : removeThumbnail(id, key)))
    const thumbnail = summary.hasVideo ? yield* takeThumbnail(key, source, summary.duration) : Option.none<FileKey>()
    const video: NewVideo = {
      id,
      state: "ToTranscode",
      sourceKey: Option.some(path),
      soundKey: Option.none(),
      source: summary,
      plan,
      destination,
      baseName,
      thumbnailKey: thumbnail,
      files: [],
      webVideos: [],
      language: Option.none(),
      captions: [],
      storyboard: Option.none(),
      live: Option.none(),
      playlistKey: Option.none(),
      retired: [],
      createdAt: now,
      updatedAt: now,
      endedAt: Option.none()
    }
    const inserted = yield* Effect.uninterruptible(Effect.zipLeft(insertSurely(video, jobs), notifier.availableJobs))
    yield* Effect.logInfo("A video was taken in").pipe(Effect.annotateLogs({ video: id, renditions: jobs.length }))
    return inserted
  }, Effect.scoped)

  return Transcoding.of({ transcodeVideo })
})

/** The intake of videos, over the ports. */
export const layer: Layer.Layer<
  Transcoding,
  never,
  ConnectorConfig | FileStorage | MediaProbe | VideoStore | RunnerNotifier
> = Layer.effect(Transcoding, make)
