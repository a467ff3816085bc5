import { availableParallelism } from "node:os"
import { Effect, Layer, type Scope } from "effect"
import { checkInputs } from "./checkInputs.ts"
import { ffmpegArguments, ffprobeArguments } from "./commandLine.ts"
import {
  Ffmpeg,
  type FfmpegCommand,
  FfmpegError,
  type FfprobeCommand,
  type LiveInput,
  type MediaInput
} from "./Ffmpeg.ts"
import { type Ending, judgeFfprobe, judgeProgram } from "./judge.ts"
import { reporter } from "./progress.ts"
import { stallLimit } from "./stall.ts"
import { timeLimit } from "./timeLimit.ts"
import { named, OUTPUTS, runWasm, type WasmRun } from "./wasm/runWasm.ts"
import * as WasmCore from "./wasm/WasmCore.ts"
import * as WasmProcesses from "./wasm/WasmProcesses.ts"

/** WebAssembly has no sockets, and a live stream does not support Range requests. */
const storedInputs = (
  program: "ffmpeg" | "ffprobe",
  inputs: ReadonlyArray<MediaInput | LiveInput>
): Effect.Effect<ReadonlyArray<MediaInput>, FfmpegError> => {
  const stored = inputs.filter((input): input is MediaInput => !("live" in input))
  const cause = new Error("ffmpeg.wasm cannot play live streams")
  return stored.length === inputs.length
    ? Effect.as(checkInputs(program, stored), stored)
    : Effect.fail(new FfmpegError({ program, reason: "source", cause }))
}

/** Runs a program of the core in one of the layer's processes. */
type Run = (run: WasmRun) => Effect.Effect<Ending, FfmpegError, Scope.Scope>

const makeFfmpeg = (runOne: Run) =>
  Effect.fn("WasmFfmpeg.ffmpeg")(function* (command: FfmpegCommand) {
    const { outputDirectory } = command
    const inputs = yield* storedInputs("ffmpeg", command.inputs)
    const outputs = outputDirectory === undefined ? undefined : OUTPUTS
    const args = ffmpegArguments(command, inputs.map(named), outputs)
    const progress = yield* reporter(command.onProgress)
    const run = { program: "ffmpeg", inputs, arguments: args, outputDirectory, onOutput: progress.push } as const
    const ending = yield* runOne(run).pipe(
      stallLimit(command.stall, progress.count),
      timeLimit("ffmpeg", command.timeout)
    )
    const result = yield* judgeProgram("ffmpeg", ending, false)
    yield* progress.finish
    return result
  }, Effect.scoped)

const runFfprobe = (runOne: Run, command: FfprobeCommand, onOutput?: (line: string) => void) =>
  Effect.gen(function* () {
    const inputs = yield* storedInputs("ffprobe", [command.input])
    const format = onOutput === undefined ? "json" : "csv=p=0"
    const args = inputs.flatMap((input, n) => ffprobeArguments(command, named(input, n), format))
    const run = { program: "ffprobe", inputs, arguments: args, onOutput } as const
    return yield* timeLimit("ffprobe", command.timeout)(runOne(run))
  }).pipe(Effect.scoped)

/** Limits the processes to one per processor. Other calls wait. The time limit of a call starts with its process. */
const make = Effect.gen(function* () {
  const { coreUrl, version } = yield* WasmCore.find
  const processes = yield* WasmProcesses.make
  const runOne: Run = (run) => Effect.flatMap(WasmCore.load(coreUrl), (core) => runWasm(core, processes, run))
  const places = yield* Effect.makeSemaphore(availableParallelism())
  const ffmpeg = makeFfmpeg(runOne)
  return {
    engine: "wasm" as const,
    version,
    ffmpeg: (command: FfmpegCommand) => places.withPermits(1)(ffmpeg(command)),
    ffprobe: (command: FfprobeCommand) =>
      runFfprobe(runOne, command).pipe(
        Effect.flatMap((ending) => judgeFfprobe(ending, false)),
        places.withPermits(1),
        Effect.withSpan("WasmFfmpeg.ffprobe")
      ),
    ffprobeLines: (command: FfprobeCommand, onLine: (line: string) => void) =>
      runFfprobe(runOne, command, onLine).pipe(
        Effect.asVoid,
        places.withPermits(1),
        Effect.withSpan("WasmFfmpeg.ffprobeLines")
      )
  }
})

/**
 * Runs each call of ffmpeg.wasm in a child process that has no other call. Building the layer fails if the optional package
 * `@ffmpeg/core` is not installed.
 */
export const layer: Layer.Layer<Ffmpeg, FfmpegError> = Layer.scoped(Ffmpeg, make)
