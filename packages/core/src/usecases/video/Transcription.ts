import { Context, DateTime, Effect, Layer, Option } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { JobId, type VideoId } from "../../domain/Ids.ts"
import { pending, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import type { NewVideo } from "../../domain/video/Video.ts"
import { inputsOf } from "../../domain/video/VideoInputs.ts"
import { VideoTranscription } from "../../jobs/VideoTranscription.ts"
import { placeFields } from "../../jobs/videoJob.ts"
import type { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { spanned } from "../../ports/Spans.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import type { AfterCommit } from "../engine/AfterCommit.ts"
import { makeAddJobs, notTwice } from "../engine/addJobs.ts"
import { makeInsertVideo } from "../engine/insertVideo.ts"
import {
  type InvalidRequest,
  MissingInput,
  UnknownVideo,
  UnusableMedia,
  type VideoBusy,
  VideoNotReady
} from "../errors.ts"
import { makeCaptionsOnly } from "./captionsOnly.ts"
import { decodeTranscribe, type OfDestination, type TranscribeVideo } from "./transcribeRequest.ts"

export type { TranscribeVideo }

/** Why a transcription is refused. */
export type TranscriptionError =
  | InvalidRequest
  | UnknownVideo
  | VideoNotReady
  | VideoBusy
  | MissingInput
  | UnusableMedia
  | PersistenceError

/** Captions made by runners. */
export class Transcription extends Context.Tag("@runner-connector/core/Transcription")<
  Transcription,
  {
    /**
     * Requests captions of a video. Returns the job without waiting. The video does not wait for it. The hooks
     * `transcriptionEnded` and `transcriptionFailed` report the outcome.
     *
     * A destination without a video needs a `videoUrl`. The call then creates a video in the state `ToImport`, which has
     * captions only. It is never playable and cannot be transcoded or edited. Of several calls at once one creates it. A
     * video with the given `externalId` takes the place of that of the destination.
     */
    readonly transcribeVideo: (request: TranscribeVideo) => Effect.Effect<RunnerJob, TranscriptionError>
  }
>() {}

/** As in PeerTube: before optional renditions, after required ones. */
const PRIORITY = 200

/** The data of a valid transcription. */
interface Order {
  readonly id: JobId
  readonly video: NewVideo
  readonly videoUrl: string | undefined
  readonly languages: Option.Option<ReadonlyArray<string>>
  readonly now: DateTime.Utc
}

const jobOf = ({ id, languages, now, video, videoUrl }: Order): RunnerJob =>
  pending({
    id,
    type: VideoTranscription.name,
    payload: { videoUrl },
    privatePayload: {
      videoId: video.id,
      place: placeFields(video),
      maxFailures: video.plan.settings.maxFailures,
      languages: Option.getOrNull(languages)
    },
    priority: PRIORITY,
    videoId: Option.some(video.id),
    awaited: false,
    createdAt: now
  })

/** Adds the job to an existing video. */
const makeAdd = Effect.gen(function* () {
  const { languages } = yield* ConnectorConfig
  const ids = yield* Identifiers
  const addJobs = yield* makeAddJobs

  return (id: VideoId, { publicUrl, videoUrl }: Pick<OfDestination, "publicUrl" | "videoUrl">) =>
    addJobs(
      id,
      Effect.fnUntraced(function* ({ now, open, video }) {
        if (video.state === "ToEdit") return yield* new VideoNotReady({ state: video.state })
        yield* notTwice(open, VideoTranscription.name)
        if (videoUrl === undefined && Option.isNone(inputsOf(video))) return yield* new MissingInput()
        if (videoUrl === undefined && !video.source.hasAudio) {
          return yield* new UnusableMedia({ reason: "The video has no sound." })
        }
        const job = jobOf({ id: JobId.make(yield* ids.uuid), video, videoUrl, languages, now })
        return { video, jobs: [job], publicUrl }
      })
    )
})

/** Creates a video that has captions only, with its job. Returns the id of another one if that was faster. */
const makeCreate = Effect.gen(function* () {
  const { languages } = yield* ConnectorConfig
  const ids = yield* Identifiers
  const insertVideo = yield* makeInsertVideo
  const captionsOnly = yield* makeCaptionsOnly

  return Effect.fnUntraced(function* ({ video: _, videoUrl, ...given }: OfDestination) {
    const now = yield* DateTime.now
    const video = yield* captionsOnly(given, now)
    const job = jobOf({ id: JobId.make(yield* ids.uuid), video, videoUrl, languages, now })
    const added = Effect.logInfo("A video was created for captions").pipe(
      Effect.annotateLogs({ video: video.id, job: job.id })
    )
    const { id } = yield* insertVideo(video, [job], { added })
    return { id, job }
  })
})

const make = Effect.gen(function* () {
  const videos = yield* VideoStore
  const add = yield* makeAdd
  const create = yield* makeCreate

  const find = ({ destination, externalId }: OfDestination) =>
    Effect.gen(function* () {
      const known = yield* Effect.transposeMapOption(externalId, (id) => videos.findBy({ externalId: id }))
      return Option.isSome(Option.flatten(known)) ? Option.flatten(known) : yield* videos.findBy({ destination })
    })

  const ofDestination = (request: OfDestination) =>
    Effect.gen(function* () {
      const { videoUrl } = request
      const found = yield* find(request)
      if (Option.isSome(found)) return yield* add(found.value.id, request)
      if (videoUrl === undefined) return yield* new UnknownVideo()
      const { id, job } = yield* Effect.catchTag(create(request), "PersistenceError", (error) =>
        // Another call has created the video meanwhile.
        Effect.flatMap(
          find(request),
          Option.match({ onNone: () => Effect.fail(error), onSome: ({ id }) => Effect.succeed({ id, job: undefined }) })
        )
      )
      return job !== undefined && Option.contains(job.videoId, id) ? job : yield* add(id, request)
    })

  return Transcription.of({
    transcribeVideo: spanned("Transcription.transcribeVideo")(function* (asked) {
      const request = yield* decodeTranscribe(asked)
      if (request.video === undefined) return yield* ofDestination(request)
      return yield* add(request.video, request)
    })
  })
})

/** Transcription over the ports. */
export const layer: Layer.Layer<
  Transcription,
  never,
  JobStore | VideoStore | RunnerNotifier | ConnectorConfig | AfterCommit
> = Layer.effect(Transcription, make)
