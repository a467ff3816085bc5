import { Context, type DateTime, Effect, Layer, Option, Schema } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { FileKey } from "../../domain/FileKey.ts"
import { JobId, VideoId } from "../../domain/Ids.ts"
import { pending, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import type { Video } from "../../domain/video/Video.ts"
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
import {
  type InvalidRequest,
  MissingInput,
  UnknownVideo,
  UnusableMedia,
  type VideoBusy,
  VideoNotReady
} from "../errors.ts"
import { invalid } from "./transcodeRequest.ts"

/** The video to transcribe, by id or by destination folder. */
export type TranscribeVideo = (
  | { readonly video: string; readonly destination?: undefined }
  | { readonly destination: string; readonly video?: undefined }
) & {
  /**
   * An http or https URL from which runners fetch the audio instead. Runners send a POST request with their own token
   * and the job token in the body, and without the query of the URL. Name only servers that may know these tokens.
   */
  readonly videoUrl?: string | undefined
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

const common = { videoUrl: Schema.optional(Address) }
const Request = Schema.Union(
  Schema.Struct({ ...common, video: VideoId, destination: Schema.optional(Schema.Undefined) }),
  Schema.Struct({ ...common, destination: FileKey, video: Schema.optional(Schema.Undefined) })
)

/** As in PeerTube: before optional renditions, after required ones. */
const PRIORITY = 200

/** The data of a valid transcription. */
interface Order {
  readonly id: JobId
  readonly video: Video
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

const make = Effect.gen(function* () {
  const { languages } = yield* ConnectorConfig
  const videos = yield* VideoStore
  const ids = yield* Identifiers
  const addJobs = yield* makeAddJobs

  const idOf = (request: typeof Request.Type) =>
    request.video === undefined
      ? Effect.flatMap(
          videos.findBy({ destination: request.destination }),
          Option.match({ onNone: () => new UnknownVideo(), onSome: ({ id }) => Effect.succeed(id) })
        )
      : Effect.succeed(request.video)

  const transcribeVideo = Effect.fn("Transcription.transcribeVideo")(function* (asked: TranscribeVideo) {
    const request = yield* Effect.mapError(Schema.decodeUnknown(Request, { errors: "all" })(asked), invalid)
    const { videoUrl } = request
    return yield* addJobs(
      yield* idOf(request),
      Effect.fnUntraced(function* ({ now, open, video }) {
        if (video.state === "ToEdit") return yield* new VideoNotReady({ state: video.state })
        yield* notTwice(open, VideoTranscription.name)
        if (videoUrl === undefined && Option.isNone(inputsOf(video))) return yield* new MissingInput()
        if (videoUrl === undefined && !video.source.hasAudio) {
          return yield* new UnusableMedia({ reason: "The video has no sound." })
        }
        const id = JobId.make(yield* ids.uuid)
        return { video, jobs: [jobOf({ id, video, videoUrl, languages, now })] }
      })
    )
  })

  return Transcription.of({ transcribeVideo })
})

/** Transcription over the ports. */
export const layer: Layer.Layer<
  Transcription,
  never,
  JobStore | VideoStore | RunnerNotifier | ConnectorConfig | AfterCommit
> = Layer.effect(Transcription, make)
