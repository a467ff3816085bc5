import { Array as Arr, Context, DateTime, Effect, Layer, Option } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import { VideoId } from "../../domain/Ids.ts"
import { isMerged } from "../../domain/job/JobGraph.ts"
import { isUsable } from "../../domain/media/MediaFacts.ts"
import { repackedSourceKey, thumbnailKey } from "../../domain/video/FileNames.ts"
import { newVideo, type Video } from "../../domain/video/Video.ts"
import { prepareJobs } from "../../jobs/jobGraph.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import type { JobStore } from "../../ports/JobStore.ts"
import { MediaProbe, type ProbeError } from "../../ports/MediaProbe.ts"
import type { MediaRemuxer } from "../../ports/MediaRemuxer.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import type { AfterCommit } from "../engine/AfterCommit.ts"
import { makeInsertVideo } from "../engine/insertVideo.ts"
import {
  InvalidRequest,
  type PictureNotFound,
  UnusableMedia,
  type UnusablePicture,
  VideoFileNotFound
} from "../errors.ts"
import { type EnsureRenditions, makeEnsureRenditions } from "./ensureRenditions.ts"
import { makeRepack } from "./repack.ts"
import { makeThumbnails } from "./thumbnails.ts"
import { decodeRequest, type TranscodeVideo } from "./transcodeRequest.ts"
import { Uploads } from "./Uploads.ts"

export type { TranscodeVideo }

/** Why a video is not taken. Nothing is left behind by any of them. */
export type TranscodeError =
  | InvalidRequest
  | VideoFileNotFound
  | UnusableMedia
  | PictureNotFound
  | UnusablePicture
  | ProbeError
  | FileStorageError
  | PersistenceError

/** Takes videos in. */
export class Transcoding extends Context.Tag("@runner-connector/core/Transcoding")<
  Transcoding,
  {
    /** Looks at the file once, takes a picture, and makes a job for each rendition. Returns without waiting for any. */
    readonly transcodeVideo: (request: TranscodeVideo) => Effect.Effect<Video, TranscodeError>
    readonly ensureRenditions: EnsureRenditions
  }
>() {}

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
    return { report, source, summary }
  })
})

const nothingToMake = new InvalidRequest({
  detail: "There is no rendition to make of this file with these settings"
})

const make = Effect.gen(function* () {
  const config = yield* ConnectorConfig
  const uploads = yield* Uploads
  const ids = yield* Identifiers
  const examine = yield* makeExamine
  const thumbnails = yield* makeThumbnails
  const insertVideo = yield* makeInsertVideo
  const repack = yield* makeRepack

  /** Holds a key that no other upload can have. */
  const hold = (key: FileKey) => Effect.catchTag(uploads.hold(key), "UploadExists", Effect.die)

  const transcodeVideo = Effect.fn("Transcoding.transcodeVideo")(function* (request: TranscodeVideo) {
    const { baseName, destination, path, picture, plan, userJobs } = yield* decodeRequest(request, config)
    const { report, source, summary } = yield* examine(path)
    const given = yield* Effect.transposeMapOption(picture, thumbnails.examine)
    const id = VideoId.make(yield* ids.uuid)
    const createdAt = yield* DateTime.now
    const place = { destination, baseName }
    const jobsOf = yield* prepareJobs({ plan, source: summary, userJobs })
    const jobs = jobsOf({
      videoId: id,
      place,
      source: summary,
      plan,
      separatedSound: false,
      userJobs,
      at: createdAt
    })
    if (!Arr.isNonEmptyReadonlyArray(jobs) || !jobs.some((job) => job.awaited)) return yield* nothingToMake

    const key = thumbnailKey(place, yield* ids.uuid, Option.getOrUndefined(given)?.extension)
    yield* hold(key)
    const repackedKey = repackedSourceKey(place, id)
    yield* hold(repackedKey)
    const isMerge = isMerged({ audioMerge: plan.audioMerge, source: summary })
    const hasPicture = yield* thumbnails.store(key, { given, source, summary, isMerged: isMerge })
    const shown = hasPicture ? Option.some(key) : Option.none()
    const soundKey = (yield* repack(repackedKey, source, report)) ? Option.some(repackedKey) : Option.none()
    const files = { sourceKey: Option.some(path), soundKey, thumbnailKey: shown }
    const video = newVideo({ id, ...place, ...files, source: summary, plan, createdAt })
    const taken = uploads.held([path, ...Option.toArray(shown), ...Option.toArray(soundKey)])
    const inserted = yield* insertVideo(video, jobs, taken)
    yield* Effect.logInfo("A video was taken in").pipe(Effect.annotateLogs({ video: id, jobs: jobs.length }))
    return inserted
  }, Effect.scoped)

  return Transcoding.of({ transcodeVideo, ensureRenditions: yield* makeEnsureRenditions })
})

/** The intake of videos, over the ports. */
export const layer: Layer.Layer<
  Transcoding,
  never,
  | ConnectorConfig
  | FileStorage
  | MediaProbe
  | MediaRemuxer
  | VideoStore
  | JobStore
  | RunnerNotifier
  | Uploads
  | AfterCommit
> = Layer.effect(Transcoding, make)
