import { resolve } from "node:path"
import { Effect, Layer } from "effect"
import { checkInputs } from "./checkInputs.ts"
import { ffmpegArguments, ffprobeArguments, type NamedInput, PROBE_MEMORY } from "./commandLine.ts"
import {
  Ffmpeg,
  type FfmpegCommand,
  FfmpegError,
  type FfprobeCommand,
  type LiveInput,
  type MediaInput
} from "./Ffmpeg.ts"
import { judgeFfprobe, judgeProgram } from "./judge.ts"
import { runProgram } from "./native/runProgram.ts"
import { reporter } from "./progress.ts"
import { stallLimit } from "./stall.ts"
import { timeLimit } from "./timeLimit.ts"
import { allowedDemuxers, liveDemuxers } from "./untrustedDemuxers.ts"

type AnyInput = MediaInput | LiveInput

/** Without `file:`, FFmpeg could interpret the start of a path as a protocol name. */
const named = (input: AnyInput): NamedInput => {
  if ("live" in input) {
    return { name: input.live.href, protocols: ["rtmp", "rtmps", "tcp", "tls"], demuxers: liveDemuxers }
  }
  const [name, protocols] =
    "path" in input
      ? [`file:${resolve(input.path)}`, ["file"]]
      : [input.url.href, ["http", "https", "tcp", "tls", "httpproxy"]]
  return { name, protocols, demuxers: allowedDemuxers(name, input.demuxers) }
}

/**
 * A stored file that FFmpeg fetches over the network. Live streams are excluded: their normal end is a closed
 * connection, so network errors in the log do not invalidate the result.
 */
const isRemote = (input: AnyInput): boolean => "url" in input

/** A shorter key is too easy to guess to be secret, and could occur in any word of the log. */
const MIN_KEY = 8

/** The query of a presigned address is a secret. In the address of a live stream, the path is the secret. */
const secretsOf = (input: AnyInput): ReadonlyArray<string> => {
  if ("path" in input) return []
  if ("url" in input) return [input.url.search]
  const { pathname, search } = input.live
  const key = pathname.split("/").at(-1) ?? ""
  return [pathname + search, pathname, search, key.length < MIN_KEY ? "" : key]
}

const redact = (inputs: ReadonlyArray<AnyInput>): ((line: string) => string) => {
  const secrets = inputs.flatMap(secretsOf).filter((secret) => secret.length > 1)
  return (line) => secrets.reduce((text, secret) => text.replaceAll(secret, secret.startsWith("?") ? "?…" : "…"), line)
}

const ffmpeg = Effect.fn("NativeFfmpeg.ffmpeg")(function* (command: FfmpegCommand) {
  const { inputs } = command
  yield* checkInputs("ffmpeg", inputs)
  const outputs = command.outputDirectory === undefined ? undefined : resolve(command.outputDirectory)
  const args = ["-nostdin", "-y", ...ffmpegArguments(command, inputs.map(named), outputs)]
  const progress = yield* reporter(command.onProgress)
  const { isBackground, memoryLimit } = command
  const run = {
    program: "ffmpeg",
    arguments: args,
    onOutput: progress.push,
    redact: redact(inputs),
    memoryLimit,
    isBackground
  } as const
  const ending = yield* runProgram(run).pipe(
    stallLimit(command.stall, progress.count),
    timeLimit("ffmpeg", command.timeout)
  )
  const result = yield* judgeProgram("ffmpeg", ending, inputs.some(isRemote))
  yield* progress.finish
  return result
}, Effect.scoped)

const ffprobe = Effect.fn("NativeFfmpeg.ffprobe")(function* (command: FfprobeCommand) {
  const { input } = command
  yield* checkInputs("ffprobe", [input])
  const args = ffprobeArguments(command, named(input))
  const run = { program: "ffprobe", arguments: args, redact: redact([input]), memoryLimit: PROBE_MEMORY } as const
  const ending = yield* timeLimit("ffprobe", command.timeout)(runProgram(run))
  return yield* judgeFfprobe(ending, isRemote(input))
})

const ffprobeLines = Effect.fn("NativeFfmpeg.ffprobeLines")(function* (
  command: FfprobeCommand,
  onLine: (line: string) => void
) {
  const { input } = command
  yield* checkInputs("ffprobe", [input])
  const args = ffprobeArguments(command, named(input), "csv=p=0")
  const onOutput = (text: string) => text.split("\n").forEach(onLine)
  const run = {
    program: "ffprobe",
    arguments: args,
    redact: redact([input]),
    memoryLimit: PROBE_MEMORY,
    onOutput
  } as const
  const ending = yield* timeLimit("ffprobe", command.timeout)(runProgram(run))
  yield* judgeProgram("ffprobe", ending, isRemote(input))
})

const version = (program: "ffmpeg" | "ffprobe"): Effect.Effect<string, FfmpegError> =>
  runProgram({ program, arguments: ["-version"] }).pipe(
    Effect.map(({ stdout }) => /version (\S+)/.exec(stdout)?.[1]),
    Effect.filterOrFail(
      (found) => found !== undefined,
      () => new Error(`${program} -version did not report a version`)
    ),
    Effect.mapError((error) =>
      error instanceof FfmpegError ? error : new FfmpegError({ program, reason: "crash", cause: error })
    )
  )

/**
 * Runs the installed programs `ffmpeg` and `ffprobe`. Building the layer fails if one of them is not on PATH or does
 * not run.
 */
export const layer: Layer.Layer<Ffmpeg, FfmpegError> = Layer.effect(
  Ffmpeg,
  Effect.map(Effect.all([version("ffmpeg"), version("ffprobe")]), ([version]) => ({
    engine: "native" as const,
    version,
    ffmpeg,
    ffprobe,
    ffprobeLines
  }))
)
