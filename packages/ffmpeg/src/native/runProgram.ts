import { Effect } from "effect"
import * as ChildProgram from "../ChildProgram.ts"
import { FfmpegError, FfmpegFailed } from "../Ffmpeg.ts"
import type { Ending } from "../judge.ts"
import * as LogTail from "../LogTail.ts"

type Program = "ffmpeg" | "ffprobe"

export interface Run {
  readonly program: Program
  readonly arguments: ReadonlyArray<string>
  /** Receives whole lines of stdout. Without it, stdout is collected. */
  readonly onOutput?: ((text: string) => void) | undefined
  /** Removes secrets from a log line. */
  readonly redact?: ((line: string) => string) | undefined
  /** Limit on the address space in bytes. Enforced on Linux only. */
  readonly memoryLimit?: number | undefined
  /** Runs it with a lower priority. */
  readonly isBackground?: boolean | undefined
}

/** Larger than the report of any real file. A longer report comes from a file made to exhaust memory. */
const MAX_OUTPUT = 16 * 1024 * 1024

/** By default glibc reserves 64 MiB of address space per thread, which would use up the address space limit. */
const environment = { AV_LOG_FORCE_NOCOLOR: "1", MALLOC_ARENA_MAX: "2" }

const cannotStart = (program: Program, cause: unknown): FfmpegError => {
  const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT"
  return new FfmpegError({
    program,
    reason: missing ? "missing" : "crash",
    cause: missing ? new Error(`${program} is not on PATH: install FFmpeg`) : cause
  })
}

/** Collects stdout up to `MAX_OUTPUT`, or passes whole lines on. */
const collector = ({ onOutput }: Run) => {
  let text = ""
  const push = (chunk: string, stop: () => void) => {
    text += chunk
    if (onOutput === undefined) {
      if (text.length > MAX_OUTPUT) stop()
    } else {
      const end = text.lastIndexOf("\n") + 1
      onOutput(text.slice(0, end))
      text = text.slice(end)
    }
  }
  return { push, text: () => text }
}

const ended = (
  program: Program,
  { exitCode, signal }: ChildProgram.Exit,
  stdout: string,
  log: ReadonlyArray<string>
): Effect.Effect<Ending, FfmpegError | FfmpegFailed> => {
  if (stdout.length > MAX_OUTPUT) {
    return Effect.fail(new FfmpegFailed({ program, exitCode: 1, log: [...log.slice(-19), "The output is too long"] }))
  }
  if (exitCode !== null) return Effect.succeed({ exitCode, stdout, log })
  const cause = new Error([`killed by ${signal}`, ...log].join("\n"))
  return Effect.fail(new FfmpegError({ program, reason: "crash", cause }))
}

/** Runs ffmpeg or ffprobe to its end. Interruption kills the process. */
export const runProgram = (run: Run): Effect.Effect<Ending, FfmpegError | FfmpegFailed> =>
  Effect.suspend(() => {
    const log = LogTail.make()
    const stdout = collector(run)
    return ChildProgram.run({
      command: run.program,
      arguments: run.arguments,
      env: environment,
      memoryLimit: run.memoryLimit,
      isBackground: run.isBackground,
      onStdout: stdout.push,
      onStderr: log.push
    }).pipe(
      Effect.mapError((cause) => cannotStart(run.program, cause)),
      Effect.flatMap((exit) => ended(run.program, exit, stdout.text(), log.lines().map(run.redact ?? ((line) => line))))
    )
  })
