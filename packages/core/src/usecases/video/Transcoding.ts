import { Context, DateTime, Effect, Layer, Option } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import { VideoId } from "../../domain/Ids.ts"
import { isMerged } from "../../domain/job/JobGraph.ts"
import { isUsable } from "../../domain/media/MediaFacts.ts"
import type { ProbeReport } from "../../domain/media/ProbeReport.ts"
import { sourceToRepack } from "../../domain/media/Repacking.ts"
import { type Place, repackedSourceKey, thumbnailKey } from "../../domain/video/FileNames.ts"
import { reportAs, SOURCE } from "../../domain/video/MediaReport.ts"
import { newVideo, type Video } from "../../domain/video/Video.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import type { JobStore } from "../../ports/JobStore.ts"
import { MediaProbe, type ProbeError } from "../../ports/MediaProbe.ts"
import type { MediaRemuxer } from "../../ports/MediaRemuxer.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { spanned } from "../../ports/Spans.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import type { Cutting } from "../chunks/Cutting.ts"
import type { AfterCommit } from "../engine/AfterCommit.ts"
import { makeInsertVideo } from "../engine/insertVideo.ts"
import { makeUnlessKnown } from "../engine/unlessKnown.ts"
import {
  InvalidRequest,
  type PictureNotFound,
  UnusableMedia,
  type UnusablePicture,
  VideoFileNotFound
} from "../errors.ts"
import { type EnsureRenditions, makeEnsureRenditions } from "./ensureRenditions.ts"
import { makePlanWork } from "./planWork.ts"
import { makeRepack } from "./repack.ts"
import { type Intake, makeThumbnails } from "./thumbnails.ts"
import { type DecodedRequest, decodeRequest, type TranscodeVideo } from "./transcodeRequest.ts"
import { Uploads } from "./Uploads.ts"

export type { TranscodeVideo }

/** Why a request is refused. A refused request leaves no files behind. */
export type TranscodeError =
  | InvalidRequest
  | VideoFileNotFound
  | UnusableMedia
  | PictureNotFound
  | UnusablePicture
  | ProbeError
  | FileStorageError
  | PersistenceError

/** Creates videos and their renditions. */
export class Transcoding extends Context.Tag("@runner-connector/core/Transcoding")<
  Transcoding,
  {
    /**
     * Probes the file once, stores a picture, and creates a job for each rendition. Returns without waiting for the
     * jobs. Of several calls with the same `externalId`, also at the same moment on several servers, one makes the
     * video, all return it, and the others leave no file behind.
     */
    readonly transcodeVideo: (request: TranscodeVideo) => Effect.Effect<Video, TranscodeError>
    readonly ensureRenditions: EnsureRenditions
  }
>() {}

/** Probes a stored file once, or refuses it with a typed error. */
const makeExamine = Effect.gen(function* () {
  const storage = yield* FileStorage
  const probe = yield* MediaProbe
  return spanned("Transcoding.examine")(function* (key: FileKey) {
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

/** The keys of the files that a new video refers to besides its source. */
interface IntakeFiles {
  readonly soundKey: Option.Option<FileKey>
  readonly thumbnailKey: Option.Option<FileKey>
}

/** The report of the file that is cut, if it is known. A repacked file has other tracks than the given one. */
const reportOfInput = ({ soundKey }: IntakeFiles, report: ProbeReport): ProbeReport | undefined =>
  Option.isSome(soundKey) ? undefined : report

/** Stores the picture and the repacked sound of a new video. The uploads hold the keys until the scope ends. */
const makeStoreFiles = Effect.gen(function* () {
  const uploads = yield* Uploads
  const ids = yield* Identifiers
  const thumbnails = yield* makeThumbnails
  const repack = yield* makeRepack

  /** Holds a key that no other upload can have. */
  const hold = (key: FileKey) => Effect.catchTag(uploads.hold(key), "UploadExists", Effect.die)

  return Effect.fnUntraced(function* (id: VideoId, place: Place, intake: Intake) {
    const key = thumbnailKey(place, yield* ids.uuid, Option.getOrUndefined(intake.given)?.extension)
    yield* hold(key)
    const repackedKey = repackedSourceKey(place, id)
    if (Option.isSome(sourceToRepack(intake.report))) yield* hold(repackedKey)
    const hasPicture = yield* thumbnails.store(key, intake)
    const isRepacked = yield* repack(repackedKey, intake.source, intake.report)
    const files: IntakeFiles = {
      soundKey: isRepacked ? Option.some(repackedKey) : Option.none(),
      thumbnailKey: hasPicture ? Option.some(key) : Option.none()
    }
    return files
  })
})

/** Makes the video unless there is one with its id or its external id. */
const makeUnlessMade = Effect.gen(function* () {
  const videos = yield* VideoStore
  const unlessKnown = yield* makeUnlessKnown
  return <E, R>({ externalId, id }: DecodedRequest, make: Effect.Effect<Video, E, R>) =>
    Effect.flatMap(Effect.transposeMapOption(id, videos.find), (found) =>
      Option.match(Option.flatten(found), {
        onNone: () => unlessKnown(externalId, make),
        onSome: Effect.succeed
      })
    )
})

const makeTranscodeVideo = Effect.gen(function* () {
  const config = yield* ConnectorConfig
  const uploads = yield* Uploads
  const ids = yield* Identifiers
  const examine = yield* makeExamine
  const thumbnails = yield* makeThumbnails
  const storeFiles = yield* makeStoreFiles
  const insertVideo = yield* makeInsertVideo
  const unlessMade = yield* makeUnlessMade
  const planWork = yield* makePlanWork

  const takeIn = Effect.fnUntraced(function* ({ plan: requested, ...rest }: DecodedRequest) {
    const { baseName, destination, id: wantedId, path, picture, userJobs, ...given } = rest
    const { report, source, summary } = yield* examine(path)
    const examined = yield* Effect.transposeMapOption(picture, thumbnails.examine)
    const id = Option.isSome(wantedId) ? wantedId.value : VideoId.make(yield* ids.uuid)
    const at = yield* DateTime.now
    const place = { destination, baseName }
    const { chunking, jobsOf, plan, start } = yield* planWork(requested, summary, place, userJobs)
    const jobs = jobsOf({ videoId: id, place, source: summary, plan, separatedSound: false, userJobs, at })
    const hasChunks = Option.exists(chunking, ({ renditions }) => renditions.length > 0)
    if (!hasChunks && !jobs.some((job) => job.awaited)) return yield* nothingToMake

    const isMerge = isMerged({ audioMerge: plan.audioMerge, source: summary })
    const files = yield* storeFiles(id, place, { given: examined, source, report, summary, isMerged: isMerge })
    const sourceKey = Option.some(path)
    const work = { chunking, plan, source: summary }
    const video = newVideo({ id, ...place, ...given, ...files, sourceKey, ...work, createdAt: at })
    const keys = [sourceKey, files.thumbnailKey, files.soundKey].flatMap(Option.toArray)
    const log = Effect.annotateLogs(Effect.logInfo("A video was taken in"), { video: id, jobs: jobs.length })
    const added = Effect.zipRight(log, start(id, reportOfInput(files, report)))
    const reports = reportAs(SOURCE, report)
    return yield* uploads.handOver(keys, (held) => insertVideo(video, jobs, { uploads: held, reports, added }))
  }, Effect.scoped)

  return spanned("Transcoding.transcodeVideo")(function* (request: TranscodeVideo) {
    const decoded = yield* decodeRequest(request, config)
    return yield* unlessMade(decoded, takeIn(decoded))
  })
})

/** The intake of videos over the ports. */
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
  | Cutting
> = Layer.effect(
  Transcoding,
  Effect.all({ transcodeVideo: makeTranscodeVideo, ensureRenditions: makeEnsureRenditions })
)
