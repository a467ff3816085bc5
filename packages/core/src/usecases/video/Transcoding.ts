import { Array as Arr, Context, DateTime, Effect, Exit, Layer, Option } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import { VideoId } from "../../domain/Ids.ts"
import { isMerged } from "../../domain/job/JobGraph.ts"
import { isUsable } from "../../domain/media/MediaFacts.ts"
import { demandOf } from "../../domain/runner/RunnerDemand.ts"
import { repackedSourceKey, thumbnailKey } from "../../domain/video/FileNames.ts"
import { newVideo, type Video } from "../../domain/video/Video.ts"
import { prepareJobs } from "../../jobs/jobGraph.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import type { JobStore } from "../../ports/JobStore.ts"
import { MediaProbe, type ProbeError } from "../../ports/MediaProbe.ts"
import type { MediaRemuxer } from "../../ports/MediaRemuxer.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import {
  InvalidRequest,
  type PictureNotFound,
  UnusableMedia,
  type UnusablePicture,
  VideoFileNotFound
} from "../errors.ts"
import { type EnsureRenditions, makeEnsureRenditions } from "./ensureRenditions.ts"
import { makeInsertSurely } from "./insertIdempotent.ts"
import { makeRepack } from "./repack.ts"
import { makeThumbnails } from "./thumbnails.ts"
import { decodeRequest, type TranscodeVideo } from "./transcodeRequest.ts"

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
  const storage = yield* FileStorage
  const videos = yield* VideoStore
  const notifier = yield* RunnerNotifier
  const ids = yield* Identifiers
  const examine = yield* makeExamine
  const thumbnails = yield* makeThumbnails
  const insertIdempotent = yield* makeInsertSurely
  const repack = yield* makeRepack

  /** Removes files if no video refers to them. They stay while that is unknown. */
  const removeUnused = (id: VideoId, keys: ReadonlyArray<FileKey>) =>
    Effect.ignoreLogged(
      Effect.flatMap(videos.find(id), (video) =>
        Option.isNone(video) ? Effect.forEach(keys, storage.remove, { discard: true }) : Effect.void
      )
    )

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
    const repackedKey = repackedSourceKey(place, id)
    yield* Effect.addFinalizer((exit) => (Exit.isSuccess(exit) ? Effect.void : removeUnused(id, [key, repackedKey])))
    const isMerge = isMerged({ audioMerge: plan.audioMerge, source: summary })
    const hasPicture = yield* thumbnails.store(key, { given, source, summary, isMerged: isMerge })
    const shown = hasPicture ? Option.some(key) : Option.none()
    const files = {
      sourceKey: Option.some(path),
      soundKey: (yield* repack(repackedKey, source, report)) ? Option.some(repackedKey) : Option.none()
    }
    const video = newVideo({ id, ...place, ...files, source: summary, plan, thumbnailKey: shown, createdAt })
    const inserted = yield* Effect.uninterruptible(
      Effect.zipLeft(insertIdempotent(video, jobs), notifier.availableJobs(demandOf(jobs)))
    )
    yield* Effect.logInfo("A video was taken in").pipe(Effect.annotateLogs({ video: id, jobs: jobs.length }))
    return inserted
  }, Effect.scoped)

  return Transcoding.of({ transcodeVideo, ensureRenditions: yield* makeEnsureRenditions })
})

/** The intake of videos, over the ports. */
export const layer: Layer.Layer<
  Transcoding,
  never,
  ConnectorConfig | FileStorage | MediaProbe | MediaRemuxer | VideoStore | JobStore | RunnerNotifier
> = Layer.effect(Transcoding, make)
