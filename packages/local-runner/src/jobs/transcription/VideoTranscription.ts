import { FileSystem, Path } from "@effect/platform"
import { spanned } from "@runner-connector/core"
import { Ffmpeg } from "@runner-connector/ffmpeg"
import { Effect, Option, Schema } from "effect"
import { stallLimits } from "../encode.ts"
import { alignedSound } from "../encoders.ts"
import * as Input from "../Input.ts"
import type { JobContext, JobResult, JobType } from "../JobType.ts"
import * as Payload from "../Payload.ts"
import { type Transcriber, transcribe } from "./Transcriber.ts"
import * as Transcript from "./Transcript.ts"

const TranscriptionPayload = Schema.Struct({
  input: Schema.Struct({ videoFileUrl: Schema.String }),
  output: Schema.Struct({ vttFileCustomUpload: Schema.optional(Payload.CustomUpload) })
})

/**
 * Every program of the whisper family reads this format, and some read no other. Audio times match the video, so that
 * captions appear with the spoken words.
 */
const speech = [
  "-af",
  alignedSound,
  "-vn",
  "-sn",
  "-dn",
  "-map_metadata",
  "-1",
  "-ac",
  "1",
  "-ar",
  "16000",
  "-c:a",
  "pcm_s16le"
]

const RECORDING = "audio.wav"

/** Returns the audio of a file that may have other streams as well. */
const recordingOf = (context: JobContext, url: string) =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const { ffmpeg } = yield* Ffmpeg
    const source = yield* Input.fetch(context, url, "source")
    if (Option.isNone(source.media.audio)) return yield* Input.noStream("audio")
    const { stream } = source.media.audio.value
    yield* ffmpeg({
      inputs: [{ path: source.path }],
      outputDirectory: context.directory,
      stall: stallLimits(context, [source]),
      arguments: (names) => [
        ...[...Input.asArguments([source], names), "-map", `0:${stream}`],
        ...[...speech, names.output(RECORDING)]
      ]
    })
    return path.join(context.directory, RECORDING)
  })

const run = (transcriber: Transcriber) =>
  spanned("VideoTranscription.run")(function* (context: JobContext) {
    const { input, output } = yield* Payload.read(TranscriptionPayload, context)
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const recording = yield* recordingOf(context, input.videoFileUrl)
    const outputDirectory = path.join(context.directory, "transcript")
    yield* fs.makeDirectory(outputDirectory, { mode: 0o700 })
    yield* Effect.logInfo("Transcribing")
    yield* transcribe(transcriber, { input: recording, outputDirectory })
    const transcript = yield* Transcript.find(outputDirectory, Option.fromNullable(transcriber.language))
    const file = {
      ...{ field: "vttFile", fileName: "transcript.vtt", contentType: "text/vtt", path: transcript.path },
      customUpload: output.vttFileCustomUpload
    }
    return { fields: { inputLanguage: transcript.language }, files: [file] } satisfies JobResult
  })

/** The name of the job type. */
export const VIDEO_TRANSCRIPTION = "video-transcription"

/** Transcribes a video with a program of the host. */
export const videoTranscription = (transcriber: Transcriber): JobType => ({
  name: VIDEO_TRANSCRIPTION,
  run: run(transcriber)
})
