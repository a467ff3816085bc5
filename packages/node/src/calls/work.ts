import { Editing, Lives, Removal, Storyboards, Tokens, Transcoding, Transcription } from "@runner-connector/core"
import { Effect } from "effect"
import { InvalidRequest } from "../errors/index.ts"
import type {
  EditOptions,
  EditTask,
  Job,
  StartLiveRequest,
  TranscodeOptions,
  TranscribeRequest,
  Video
} from "../model.ts"
import { toPlain } from "../plain/toPlain.ts"
import type { CallOptions, Engine } from "../runtime/Engine.ts"
import { type Bytes, streamOf, streamOfFile } from "../streams.ts"
import { videoId } from "./ids.ts"
import { plainJob } from "./jobs.ts"
import { storeSource } from "./uploads.ts"

/** The bytes of a new video. */
export type VideoSource =
  /** A file that is in the storage already. It belongs to the application and must stay while jobs exist. */
  | { readonly path: string; readonly stream?: undefined; readonly file?: undefined }
  /** An upload. It is stored first; nothing of it stays when the call rejects. */
  | { readonly stream: Bytes; readonly path?: undefined; readonly file?: undefined }
  /** A file on this machine. It is copied into the storage. */
  | { readonly file: string; readonly path?: undefined; readonly stream?: undefined }

/** The request of `transcodeVideo`. */
export type TranscodeRequest = VideoSource &
  TranscodeOptions & {
    /** The folder in the storage that receives the files. Default: a new one in the folder `videos`. */
    readonly destination?: string | undefined
    /** The name that the user knows for the file, such as `cat.mov`. */
    readonly name?: string | undefined
    /** The type of a `stream` or `file`, such as `video/mp4`. */
    readonly contentType?: string | undefined
  }

/** The work of runners. Each call returns without waiting for it; hooks and events report the outcome. */
export interface Work {
  /** Creates a video, with a job for each rendition. */
  readonly transcodeVideo: (request: TranscodeRequest, options?: CallOptions) => Promise<Video>
  /** Adds jobs for the missing renditions of a video. Returns the new jobs. */
  readonly ensureRenditions: (video: string, options?: CallOptions) => Promise<ReadonlyArray<Job>>
  /** Makes captions. */
  readonly transcribeVideo: (request: TranscribeRequest, options?: CallOptions) => Promise<Job>
  /** Makes a hover preview, which replaces an existing one. */
  readonly makeStoryboard: (video: string, options?: CallOptions) => Promise<Job>
  /** Edits a video and transcodes the result again. The files of the tasks are deleted when the edit has ended. */
  readonly editVideo: (
    video: string,
    tasks: ReadonlyArray<EditTask>,
    options?: EditOptions & CallOptions
  ) => Promise<Job>
  /** Makes a live of an RTMP stream. */
  readonly startLive: (request: StartLiveRequest, options?: CallOptions) => Promise<Video>
  readonly stopLive: (video: string, options?: CallOptions) => Promise<void>
  /** Cancels the jobs of a video, and deletes the video with its files. */
  readonly removeVideo: (video: string, options?: CallOptions) => Promise<void>
}

/** The key of the source in the storage. */
const sourceOf = ({ contentType, file, name, path, stream }: TranscodeRequest) => {
  if (path !== undefined) return Effect.succeed(path)
  if (stream !== undefined) return storeSource(streamOf(stream), { contentType, name })
  if (file !== undefined)
    return storeSource(streamOfFile(file), { contentType, name: name ?? file.split(/[\\/]/).at(-1) })
  return Effect.fail(new InvalidRequest({ message: "expected a path, a stream or a file" }))
}

const newDestination = Effect.map(
  Effect.flatMap(Tokens.Identifiers, ({ uuid }) => uuid),
  (uuid) => `videos/${uuid}`
)

const transcode = (request: TranscodeRequest) =>
  Effect.gen(function* () {
    const { contentType, file, name, stream, ...rest } = request
    const { transcodeVideo } = yield* Transcoding.Transcoding
    const path = yield* sourceOf(request)
    const destination = request.destination ?? (yield* newDestination)
    return toPlain(yield* transcodeVideo({ ...rest, path, destination } as Transcoding.TranscodeVideo))
  }).pipe(Effect.scoped)

export const work = ({ run }: Engine): Work => ({
  transcodeVideo: (request, options) => run(transcode(request), options),
  ensureRenditions: (video, options) =>
    run(
      Effect.gen(function* () {
        const { ensureRenditions } = yield* Transcoding.Transcoding
        return (yield* ensureRenditions(yield* videoId(video))).map(plainJob)
      }),
      options
    ),
  transcribeVideo: (request, options) =>
    run(
      Effect.map(
        Effect.flatMap(Transcription.Transcription, ({ transcribeVideo }) => transcribeVideo(request)),
        plainJob
      ),
      options
    ),
  makeStoryboard: (video, options) =>
    run(
      Effect.gen(function* () {
        const { makeStoryboard } = yield* Storyboards.Storyboards
        return plainJob(yield* makeStoryboard(yield* videoId(video)))
      }),
      options
    ),
  editVideo: (video, tasks, { signal, ...options } = {}) =>
    run(
      Effect.gen(function* () {
        const { editVideo } = yield* Editing.Editing
        return plainJob(yield* editVideo(yield* videoId(video), tasks, options))
      }),
      { signal }
    ),
  startLive: (request, options) =>
    run(
      Effect.map(
        Effect.flatMap(Lives.Lives, ({ startLive }) => startLive(request)),
        toPlain
      ),
      options
    ),
  stopLive: (video, options) =>
    run(
      Effect.flatMap(videoId(video), (id) => Effect.flatMap(Lives.Lives, ({ stopLive }) => stopLive(id))),
      options
    ),
  removeVideo: (video, options) =>
    run(
      Effect.flatMap(videoId(video), (id) => Effect.flatMap(Removal.Removal, ({ removeVideo }) => removeVideo(id))),
      options
    )
})
