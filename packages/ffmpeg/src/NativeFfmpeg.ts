import { resolve } from "node:path"
import { Effect, Layer } from "effect"
import { checkInputs } from "./checkInputs.ts"
import { ffmpegArguments, ffprobeArguments, type NamedInput } from "./commandLine.ts"
import { Ffmpeg, type FfmpegCommand, FfmpegError, type FfprobeCommand, type MediaInput } from "./Ffmpeg.ts"
import { type Ending, judgeFfmpeg, judgeFfprobe } from "./judge.ts"
import { runProgram } from "./native/runProgram.ts"
import { reporter } from "./progress.ts"
import { timeLimit } from "./timeLimit.ts"

/** The `file:` keeps a path from being read as the name of a protocol. */
const named = (input: MediaInput): NamedInput =>
  "path" in input
    ? { name: `file:${resolve(input.path)}`, protocols: ["file"], demuxers: input.demuxers }
    : { name: input.url.href, protocols: ["http", "https", "tcp", "tls", "httpproxy"], demuxers: input.demuxers }

const isRemote = (input: MediaInput): boolean => "url" in input

/** A presigned address is a key to the file: its query must not get into an error. */
const withoutQueries =
  (inputs: ReadonlyArray<MediaInput>) =>
  (ending: Ending): Ending => ({
    ...ending,
    log: ending.log.map((line) =>
      inputs.reduce((text, input) => ("url" in input ? text.replaceAll(input.url.search || "\0", "?…") : text), line)
    )
  })

const ffmpeg = Effect.fn("NativeFfmpeg.ffmpeg")(function* (command: FfmpegCommand) {
  yield* checkInputs("ffmpeg", command.inputs)
  const outputs = command.outputDirectory === undefined ? undefined : resolve(command.outputDirectory)
  const args = ["-nostdin", "-y", ...ffmpegArguments(command, command.inputs.map(named), outputs)]
  const progress = yield* reporter(command.onProgress)
  const ending = yield* runProgram({ program: "ffmpeg", arguments: args, onOutput: progress.push }).pipe(
    timeLimit("ffmpeg", command.timeout),
    Effect.map(withoutQueries(command.inputs))
  )
  const result = yield* judgeFfmpeg(ending, command.inputs.some(isRemote))
  yield* progress.finish
  return result
}, Effect.scoped)

const ffprobe = Effect.fn("NativeFfmpeg.ffprobe")(function* (command: FfprobeCommand) {
  yield* checkInputs("ffprobe", [command.input])
  const args = ffprobeArguments(command, named(command.input))
  const ending = yield* runProgram({ program: "ffprobe", arguments: args }).pipe(
    timeLimit("ffprobe", command.timeout),
    Effect.map(withoutQueries([command.input]))
  )
  return yield* judgeFfprobe(ending, isRemote(command.input))
})

const version = (program: "ffmpeg" | "ffprobe"): Effect.Effect<string, FfmpegError> =>
  runProgram({ program, arguments: ["-version"] }).pipe(
    Effect.map(({ stdout }) => /version (\S+)/.exec(stdout)?.[1]),
    Effect.filterOrFail(
      (found) => found !== undefined,
      () => new Error(`${program} -version did not answer with a version`)
    ),
    Effect.mapError((error) =>
      error instanceof FfmpegError ? error : new FfmpegError({ program, reason: "crash", cause: error })
    )
  )

/** The programs `ffmpeg` and `ffprobe` of this machine; fails when one of them is not on PATH or does not run. */
export const layer: Layer.Layer<Ffmpeg, FfmpegError> = Layer.effect(
  Ffmpeg,
  Effect.map(Effect.all([version("ffmpeg"), version("ffprobe")]), ([version]) => ({
    engine: "native" as const,
    version,
    ffmpeg,
    ffprobe
  }))
)
