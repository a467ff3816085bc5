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
import type { TranscodeRequest, Work } from "../api/Work.ts"
import { InvalidRequest } from "../errors/index.ts"
import { plainJob } from "../plain/plainJob.ts"
import { plainVideo } from "../plain/plainVideo.ts"
import type { Engine } from "../runtime/Engine.ts"
import { nameOf, streamOf, streamOfFile } from "../streams.ts"
import { videoId } from "./ids.ts"
import { storeSource } from "./uploads.ts"

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
    return plainVideo(yield* transcodeVideo({ ...names, ...rest, path, destination }))
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
  startLive: (request, options) => run(Effect.map(startLive(request), plainVideo), options),
  stopLive: (video, options) => run(Effect.flatMap(videoId(video), stopLive), options),
  removeVideo: (video, options) => run(Effect.flatMap(videoId(video), removeVideo), options)
})
