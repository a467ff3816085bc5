import { resolve } from "node:path"
import { Effect, type Scope } from "effect"
import type { NamedInput } from "../commandLine.ts"
import { FfmpegError, type MediaInput } from "../Ffmpeg.ts"
import type { InputBytes } from "../InputBytes.ts"
import type { Ending } from "../judge.ts"
import * as LogTail from "../LogTail.ts"
import * as RangedSource from "../RangedSource.ts"
import { allowedDemuxers } from "../untrustedDemuxers.ts"
import { serveReads } from "./serveReads.ts"
import type { WasmCore } from "./WasmCore.ts"
import { make, type WasmProcess } from "./WasmProcess.ts"
import { BLOCK, type WasmProcesses } from "./WasmProcesses.ts"
import type { ThreadInput } from "./WasmTask.ts"

export interface WasmRun {
  readonly program: "ffmpeg" | "ffprobe"
  readonly inputs: ReadonlyArray<MediaInput>
  readonly arguments: ReadonlyArray<string>
  readonly outputDirectory?: string | undefined
  /** Receives stdout. Without it, ffprobe writes its report to a file, which is returned. */
  readonly onOutput?: ((text: string) => void) | undefined
}

/** The output folder in the core's file system. */
export const OUTPUTS = "/outputs"
const REPORT = "/report.json"

/** The core prints this line when a program exits, also after a success. The parentheses contain the reason. */
const END = "Aborted()"
const GAVE_UP = /^Aborted\(.+\)/

/** The names of inputs in the core's file system. They contain no part of the real names. */
export const named = (input: MediaInput, n: number): NamedInput => {
  const name = `/inputs/${n}`
  return { name, protocols: ["file"], demuxers: allowedDemuxers(name, input.demuxers) }
}

/** Opens the sources behind addresses. The process opens paths itself. */
const openSources = (inputs: ReadonlyArray<MediaInput>) =>
  Effect.forEach(inputs, (input) => ("url" in input ? RangedSource.open(input.url, BLOCK) : Effect.succeed(undefined)))

const threadInputs = (
  inputs: ReadonlyArray<MediaInput>,
  sources: ReadonlyArray<InputBytes | undefined>
): ReadonlyArray<ThreadInput> =>
  inputs.map((input, n) =>
    "path" in input
      ? { name: String(n), path: resolve(input.path) }
      : { name: String(n), remote: n, size: sources[n]?.size ?? 0 }
  )

/** The class types the file systems by name, but passes any name to the core. */
const mount = (wasm: WasmProcess, type: "INPUTS" | "OUTPUTS", options: object, point: string) =>
  Effect.zipRight(
    wasm.answer((ffmpeg) => ffmpeg.createDir(point)),
    wasm.answer((ffmpeg) => ffmpeg.mount(type as never, options as never, point))
  )

/** When a program calls `exit`, the core throws an object. Only this text of it reaches the host. */
const EXIT = "[object Object]"

const hasExited = ({ cause }: FfmpegError): boolean => cause instanceof Error && cause.message === EXIT

/** ffprobe exits without a report if a decoder does not open. */
const probe = (wasm: WasmProcess, args: ReadonlyArray<string>) =>
  wasm
    .answer((ffmpeg) => ffmpeg.ffprobe([...args, "-o", REPORT]))
    .pipe(
      Effect.zipRight(wasm.answer((ffmpeg) => ffmpeg.readFile(REPORT, "utf8"))),
      Effect.map(String),
      Effect.catchIf(hasExited, () => Effect.succeed(""))
    )

const probeLines = (wasm: WasmProcess, args: ReadonlyArray<string>) =>
  Effect.as(
    Effect.catchIf(
      wasm.answer((ffmpeg) => ffmpeg.ffprobe([...args])),
      hasExited,
      () => Effect.void
    ),
    ""
  )

/** In ffmpeg.wasm the exit code of ffprobe is always -1. */
const execute = (wasm: WasmProcess, run: WasmRun) => {
  if (run.program === "ffmpeg") {
    return Effect.map(
      wasm.answer((ffmpeg) => ffmpeg.exec([...run.arguments])),
      (exitCode) => ({ exitCode, stdout: "" })
    )
  }
  const output = run.onOutput === undefined ? probe(wasm, run.arguments) : probeLines(wasm, run.arguments)
  return Effect.map(output, (stdout) => ({ exitCode: 0, stdout }))
}

/** Runs a program to its end in a process of its own, which is killed if the call fails or is interrupted. */
export const runWasm = (
  core: WasmCore,
  processes: WasmProcesses,
  run: WasmRun
): Effect.Effect<Ending, FfmpegError, Scope.Scope> =>
  Effect.gen(function* () {
    const sources = yield* openSources(run.inputs)
    const wasm = yield* make(core, processes)
    const log = LogTail.make()
    let broken: FfmpegError | undefined
    yield* serveReads(wasm, sources, (error) => {
      broken ??= error
    })
    wasm.ffmpeg.on("log", ({ message, type }) => {
      if (type === "stdout") run.onOutput?.(`${message}\n`)
      else if (type === "broken") broken ??= new FfmpegError({ program: run.program, reason: "source", cause: message })
      else if (message !== END) log.push(`${message}\n`)
    })
    yield* mount(wasm, "INPUTS", { inputs: threadInputs(run.inputs, sources) }, "/inputs")
    if (run.outputDirectory !== undefined) {
      yield* mount(wasm, "OUTPUTS", { folder: resolve(run.outputDirectory) }, OUTPUTS)
    }
    const ending = yield* execute(wasm, run)
    if (broken !== undefined) return yield* broken
    // The core reports its own abort, for example when memory is full, as exit code -1.
    const gaveUp = run.program === "ffprobe" && log.lines().some((line) => GAVE_UP.test(line))
    if (ending.exitCode >= 0 && !gaveUp) return { ...ending, log: log.lines() }
    const cause = new Error(["ffmpeg.wasm aborted", ...log.lines()].join("\n"))
    return yield* new FfmpegError({ program: run.program, reason: "crash", cause })
  })
