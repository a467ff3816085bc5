import { Context, DateTime, Effect, Layer, Option, Schema } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { JobId, VideoId } from "../../domain/Ids.ts"
import { pending, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import type { NewVideo } from "../../domain/video/Video.ts"
import { inputsOf } from "../../domain/video/VideoInputs.ts"
import { VideoTranscription } from "../../jobs/VideoTranscription.ts"
import { placeFields } from "../../jobs/videoJob.ts"
import type { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
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
import { Destination, invalid, namesFields } from "./transcodeRequest.ts"

/** The video to transcribe, by id or by destination folder. */
export type TranscribeVideo = (
  | { readonly video: string; readonly destination?: undefined }
  | { readonly destination: string; readonly video?: undefined }
) & {
  /**
   * An http or https URL from which runners fetch the audio instead. Runners send a POST request with their own token
   * and the job token in the body, and without the query of the URL. Name only servers that may know these tokens. With
   * this URL a video is created when the destination has none.
   */
  readonly videoUrl?: string | undefined
  /** The title of a video that is created, like that of `TranscodeVideo`. */
  readonly title?: string | undefined
  /** The name of its original file, like that of `TranscodeVideo`. */
  readonly fileName?: string | undefined
}

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
     * captions only. It is never playable and cannot be transcoded or edited. Of several calls at once one creates it.
     */
    readonly transcribeVideo: (request: TranscribeVideo) => Effect.Effect<RunnerJob, TranscriptionError>
  }
>() {}

const isPlainAddress = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { password, protocol, username } = new URL(text)
  return /^https?:$/.test(protocol) && username === "" && password === ""
}

const Address = Schema.String.pipe(
  Schema.maxLength(2000),
  Schema.filter((text) => isPlainAddress(text) || "expected an http or https address without a password")
)

const common = { ...namesFields, videoUrl: Schema.optional(Address) }
const OfVideo = Schema.Struct({ ...common, video: VideoId, destination: Schema.optional(Schema.Undefined) })
const OfDestination = Schema.Struct({
  ...common,
  destination: Destination,
  video: Schema.optional(Schema.Undefined)
})
const Request = Schema.Union(OfVideo, OfDestination)

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

  return (id: VideoId, videoUrl: string | undefined) =>
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
        return { video, jobs: [job] }
      })
    )
})

/** Creates a video that has captions only, with its job. */
const makeCreate = Effect.gen(function* () {
  const { languages } = yield* ConnectorConfig
  const ids = yield* Identifiers
  const insertVideo = yield* makeInsertVideo
  const captionsOnly = yield* makeCaptionsOnly

  return Effect.fnUntraced(function* (request: typeof OfDestination.Type) {
    const { destination, fileName, title, videoUrl } = request
    const now = yield* DateTime.now
    const video = yield* captionsOnly({ destination, fileName, title }, now)
    const job = jobOf({ id: JobId.make(yield* ids.uuid), video, videoUrl, languages, now })
    const added = Effect.logInfo("A video was created for captions").pipe(
      Effect.annotateLogs({ video: video.id, job: job.id })
    )
    yield* insertVideo(video, [job], { added })
    return job
  })
})

const make = Effect.gen(function* () {
  const videos = yield* VideoStore
  const add = yield* makeAdd
  const create = yield* makeCreate

  const ofDestination = (request: typeof OfDestination.Type) =>
    Effect.gen(function* () {
      const { destination, videoUrl } = request
      const found = yield* videos.findBy({ destination })
      if (Option.isSome(found)) return yield* add(found.value.id, videoUrl)
      if (videoUrl === undefined) return yield* new UnknownVideo()
      return yield* Effect.catchTag(create(request), "PersistenceError", (error) =>
        // Another call has created the video meanwhile.
        Effect.flatMap(
          videos.findBy({ destination }),
          Option.match({ onNone: () => Effect.fail(error), onSome: ({ id }) => add(id, videoUrl) })
        )
      )
    })

  return Transcription.of({
    transcribeVideo: Effect.fn("Transcription.transcribeVideo")(function* (asked) {
      const request = yield* Effect.mapError(Schema.decodeUnknown(Request, { errors: "all" })(asked), invalid)
      if (request.video === undefined) return yield* ofDestination(request)
      return yield* add(request.video, request.videoUrl)
    })
  })
})

/** Transcription over the ports. */
export const layer: Layer.Layer<
  Transcription,
  never,
  JobStore | VideoStore | RunnerNotifier | ConnectorConfig | AfterCommit
> = Layer.effect(Transcription, make)
