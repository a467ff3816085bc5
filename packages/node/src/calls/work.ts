import {
  Editing,
  FileNames,
  Lives,
  Removal,
  Storyboards,
  Tokens,
  Transcoding,
  Transcription
} from "@runner-connector/core"
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
import { type Bytes, nameOf, streamOf, streamOfFile } from "../streams.ts"
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

/** The name that the user knows for the file. */
const fileNameOf = ({ file, fileName, stream }: TranscodeRequest): string | undefined =>
  fileName ?? (stream === undefined ? file?.split(/[\\/]/).at(-1) : nameOf(stream))

/** The key of the source in the storage. */
const sourceOf = (request: TranscodeRequest) => {
  const { contentType, file, path, stream } = request
  const facts = { contentType, fileName: fileNameOf(request) }
  if (path !== undefined) return Effect.succeed(path)
  if (stream !== undefined) return storeSource(streamOf(stream), facts)
  if (file !== undefined) return storeSource(streamOfFile(file), facts)
  return Effect.fail(new InvalidRequest({ message: "expected a path, a stream or a file" }))
}

/** The prefix of the made files. A file that was in the storage already leaves it to the call. */
const baseNameOf = (request: TranscodeRequest): string | undefined => {
  const fileName = request.path === undefined ? fileNameOf(request) : undefined
  return fileName === undefined ? undefined : FileNames.baseNameOf(fileName)
}

const newDestination = Effect.map(
  Effect.flatMap(Tokens.Identifiers, ({ uuid }) => uuid),
  (uuid) => `videos/${uuid}`
)

const transcode = (request: TranscodeRequest) =>
  Effect.gen(function* () {
    const { contentType, file, stream, ...rest } = request
    const { transcodeVideo } = yield* Transcoding.Transcoding
    const path = yield* sourceOf(request)
    const destination = request.destination ?? (yield* newDestination)
    const names = { fileName: fileNameOf(request), baseName: baseNameOf(request) }
    return toPlain(yield* transcodeVideo({ ...names, ...rest, path, destination }))
  }).pipe(Effect.scoped)

const ensureRenditions = Effect.serviceFunctionEffect(Transcoding.Transcoding, (service) => service.ensureRenditions)
const transcribe = Effect.serviceFunctionEffect(Transcription.Transcription, (service) => service.transcribeVideo)
const storyboard = Effect.serviceFunctionEffect(Storyboards.Storyboards, (service) => service.makeStoryboard)
const edit = Effect.serviceFunctionEffect(Editing.Editing, (service) => service.editVideo)
const startLive = Effect.serviceFunctionEffect(Lives.Lives, (service) => service.startLive)
const stopLive = Effect.serviceFunctionEffect(Lives.Lives, (service) => service.stopLive)
const removeVideo = Effect.serviceFunctionEffect(Removal.Removal, (service) => service.removeVideo)

export const work = ({ run }: Engine): Work => ({
  transcodeVideo: (request, options) => run(transcode(request), options),
  ensureRenditions: (video, options) =>
    run(
      Effect.map(Effect.flatMap(videoId(video), ensureRenditions), (jobs) => jobs.map(plainJob)),
      options
    ),
  transcribeVideo: (request, options) => run(Effect.map(transcribe(request), plainJob), options),
  makeStoryboard: (video, options) => run(Effect.map(Effect.flatMap(videoId(video), storyboard), plainJob), options),
  editVideo: (video, tasks, { signal, ...options } = {}) =>
    run(
      Effect.map(
        Effect.flatMap(videoId(video), (id) => edit(id, tasks, options)),
        plainJob
      ),
      { signal }
    ),
  startLive: (request, options) => run(Effect.map(startLive(request), toPlain), options),
  stopLive: (video, options) => run(Effect.flatMap(videoId(video), stopLive), options),
  removeVideo: (video, options) => run(Effect.flatMap(videoId(video), removeVideo), options)
})
