import { FileSystem, Path } from "@effect/platform"
import { Bitrates } from "@runner-connector/core"
import { Ffmpeg } from "@runner-connector/ffmpeg"
import { Array as Arr, Effect, Either, Option, Schema } from "effect"
import { randomUuid } from "../random.ts"
import { type AudioTrack, hlsArguments, type Rendition, sizeOf, soundOf, type VideoTrack } from "./HlsCommand.ts"
import { type JobContext, JobFailed, type JobResult, type JobType } from "./JobType.ts"
import * as SourceMedia from "./SourceMedia.ts"

const CustomUpload = Schema.Struct({
  url: Schema.String,
  method: Schema.optionalWith(Schema.Literal("PUT", "POST"), { default: () => "PUT" })
})

const Payload = Schema.Struct({
  input: Schema.Struct({
    videoFileUrl: Schema.String,
    /** The sound, when the video file has none; at most one is read. */
    separatedAudioFileUrl: Schema.optionalWith(Schema.Array(Schema.String), { default: () => [] })
  }),
  output: Schema.Struct({
    /** Short side in pixels; 0 for sound alone. */
    resolution: Schema.Int.pipe(Schema.between(0, 16_384)),
    fps: Schema.Number.pipe(Schema.between(0, 1000)),
    /** A rendition with a picture gets no sound. */
    separatedAudio: Schema.optionalWith(Schema.Boolean, { default: () => false }),
    videoFileCustomUpload: Schema.optional(CustomUpload),
    resolutionPlaylistFileCustomUpload: Schema.optional(CustomUpload)
  })
})
type Payload = typeof Payload.Type

const DEFAULT_FPS = 30

/** Seconds. What is longer than that is more likely a wrong number in the file than a sound. */
const MAX_PADDING = 600
const MIN_PADDING = 0.5

/**
 * The real runner's choice where ffmpeg is native. In ffmpeg.wasm, with one thread and no vector instructions, 20 s of
 * 720p take 20 s with `ultrafast`, 29 s with `superfast` and 44 s with `veryfast`; at that bitrate the files are alike.
 */
const presets = { native: "veryfast", wasm: "ultrafast" } as const

/** An input of the command, with what is in it. */
interface Input {
  readonly path: string
  readonly media: SourceMedia.SourceMedia
}

/** The picture comes from the first, the sound from the last. */
type Inputs = Arr.NonEmptyReadonlyArray<Input>

const fetchInput = (context: JobContext, url: string, name: string) =>
  Effect.gen(function* () {
    const path = yield* context.download(url, name)
    return { path, media: yield* SourceMedia.probe(path) }
  })

/** The files that hold what is asked for. */
const fetchInputs = (context: JobContext, { input, output }: Payload) =>
  Effect.gen(function* () {
    const [soundUrl] = input.separatedAudioFileUrl
    const wantsPicture = output.resolution > 0
    const wantsSound = !(wantsPicture && output.separatedAudio)
    if (soundUrl === undefined || !wantsSound) return Arr.of(yield* fetchInput(context, input.videoFileUrl, "video"))
    if (!wantsPicture) return Arr.of(yield* fetchInput(context, soundUrl, "audio"))
    const video = yield* fetchInput(context, input.videoFileUrl, "video")
    return Arr.make(video, yield* fetchInput(context, soundUrl, "audio"))
  })

const audioTrack = (inputs: Inputs): Option.Option<AudioTrack> => {
  const { media } = Arr.lastNonEmpty(inputs)
  const input = inputs.length - 1
  return Option.map(media.audio, ({ channels, sampleRate, stream }) => ({
    ...{ input, stream },
    ...soundOf(channels, sampleRate)
  }))
}

/** How long the last picture must stay for the sound to be heard to its end; small differences are left alone. */
const paddingOf = (inputs: Inputs): number => {
  const picture = Option.flatMap(inputs[0].media.video, ({ duration }) => duration)
  const sound = Option.flatMap(Arr.lastNonEmpty(inputs).media.audio, ({ duration }) => duration)
  const difference = Option.getOrElse(
    Option.zipWith(sound, picture, (a, b) => a - b),
    () => 0
  )
  return difference > MIN_PADDING && difference < MAX_PADDING ? difference : 0
}

const videoTrack = (inputs: Inputs, { fps: asked, resolution, separatedAudio }: Payload["output"], preset: string) => {
  const { bitrate, video } = inputs[0].media
  return Option.map(video, ({ fps: own, ratio, stream }): VideoTrack => {
    const fps = asked || own || DEFAULT_FPS
    return {
      ...{ input: 0, stream, fps, preset },
      ...sizeOf(resolution, ratio),
      padding: separatedAudio ? 0 : paddingOf(inputs),
      bitrate: Bitrates.targetBitrate({ resolution, ratio, fps }, bitrate)
    }
  })
}

const noStream = (kind: "video" | "audio") => new JobFailed({ message: `The source has no ${kind} stream` })

const plan = (
  inputs: Inputs,
  { output }: Payload,
  engine: "native" | "wasm",
  uuid: string
): Either.Either<Rendition, JobFailed> =>
  Either.gen(function* () {
    const hasPicture = output.resolution > 0
    const video = hasPicture ? videoTrack(inputs, output, presets[engine]) : Option.none()
    const audio = hasPicture && output.separatedAudio ? Option.none() : audioTrack(inputs)
    if (hasPicture && Option.isNone(video)) return yield* Either.left(noStream("video"))
    if (!hasPicture && Option.isNone(audio)) return yield* Either.left(noStream("audio"))
    const name = `${uuid}-${output.resolution}`
    return { inputs: inputs.length, video, audio, mediaName: `${name}-fragmented.mp4`, playlistName: `${name}.m3u8` }
  })

const encode = (context: JobContext, inputs: Inputs, rendition: Rendition) =>
  Effect.gen(function* () {
    const ffmpeg = yield* Ffmpeg
    const { duration } = inputs[0].media
    yield* ffmpeg.ffmpeg({
      inputs: inputs.map(({ path }) => ({ path })),
      arguments: (names) => hlsArguments(rendition, names),
      outputDirectory: context.directory,
      onProgress: (seconds) =>
        Option.match(duration, { onNone: () => Effect.void, onSome: (all) => context.progress(seconds / all) })
    })
  })

const resultOf = (context: JobContext, rendition: Rendition, { output }: Payload) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const file = (
      field: string,
      fileName: string,
      contentType: string,
      customUpload: typeof CustomUpload.Type | undefined
    ) => ({
      ...{ field, fileName, contentType, customUpload },
      path: path.join(context.directory, fileName)
    })
    const files = [
      file("videoFile", rendition.mediaName, "video/mp4", output.videoFileCustomUpload),
      file(
        "resolutionPlaylistFile",
        rendition.playlistName,
        "application/vnd.apple.mpegurl",
        output.resolutionPlaylistFileCustomUpload
      )
    ]
    const made = yield* Effect.forEach(files, (one) => fs.exists(one.path))
    if (!made.every(Boolean)) return yield* new JobFailed({ message: "ffmpeg ended well but made no output" })
    return { fields: {}, files } satisfies JobResult
  })

const run = Effect.fn("HlsTranscoding.run")(function* (context: JobContext) {
  const payload = yield* Effect.mapError(
    Schema.decodeUnknown(Payload)(context.payload),
    (error) => new JobFailed({ message: `The payload of the job cannot be read: ${error.message}` })
  )
  const { engine } = yield* Ffmpeg
  const inputs = yield* fetchInputs(context, payload)
  const rendition = yield* plan(inputs, payload, engine, yield* randomUuid)
  yield* Effect.logInfo("Transcoding").pipe(Effect.annotateLogs({ resolution: payload.output.resolution }))
  yield* encode(context, inputs, rendition)
  return yield* resultOf(context, rendition, payload)
})

/** Makes one HLS rendition of a video: a fragmented MP4 and its playlist, or only the sound of it. */
export const hlsTranscoding: JobType = { name: "vod-hls-transcoding", run }
