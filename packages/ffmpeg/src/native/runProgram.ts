import { type ChildProcess, spawn } from "node:child_process"
import { Effect } from "effect"
import { FfmpegError, FfmpegFailed } from "../Ffmpeg.ts"
import type { Ending } from "../judge.ts"
import * as LogTail from "../LogTail.ts"

type Program = "ffmpeg" | "ffprobe"

export interface Run {
  readonly program: Program
  readonly arguments: ReadonlyArray<string>
  /** Hears stdout, whole lines at a time, instead of its being kept. */
  readonly onOutput?: ((text: string) => void) | undefined
  /** Takes out of the log what must not get into an error. */
  readonly redact?: ((line: string) => string) | undefined
}

/** More than any report of a real file; a file whose report is longer was made to fill memory. */
const MAX_OUTPUT = 16 * 1024 * 1024

/** FFREPORT would make the programs write a log file where they stand. */
const environment = (): NodeJS.ProcessEnv => {
  const { FFREPORT: _, ...rest } = process.env
  return { ...rest, AV_LOG_FORCE_NOCOLOR: "1" }
}

const start = (run: Run): ChildProcess =>
  spawn(run.program, [...run.arguments], { stdio: ["ignore", "pipe", "pipe"], windowsHide: true, env: environment() })

const cannotStart = (program: Program, cause: unknown): FfmpegError => {
  const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT"
  return new FfmpegError({
    program,
    reason: missing ? "missing" : "crash",
    cause: missing ? new Error(`${program} is not on PATH: install FFmpeg`) : cause
  })
}

/** Collects stdout, or hands it on by whole lines. Beyond `MAX_OUTPUT` the process is killed. */
const collect = (child: ChildProcess, run: Run): (() => string) => {
  let text = ""
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk
    if (run.onOutput === undefined) {
      if (text.length > MAX_OUTPUT) child.kill("SIGKILL")
    } else {
      const end = text.lastIndexOf("\n") + 1
      run.onOutput(text.slice(0, end))
      text = text.slice(end)
    }
  })
  return () => text
}

/** Kills, and waits until nothing is written any more; a process stuck in the kernel is not waited for. */
const kill = (child: ChildProcess): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    const enough = setTimeout(() => resume(Effect.void), 2000)
    child.once("close", () => {
      clearTimeout(enough)
      resume(Effect.void)
    })
    child.kill("SIGKILL")
  })

const ended = (
  program: Program,
  exitCode: number | null,
  signal: NodeJS.Signals | null,
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

/** Runs a program to its end, without a shell and without stdin. Interruption kills it. */
export const runProgram = (run: Run): Effect.Effect<Ending, FfmpegError | FfmpegFailed> =>
  Effect.async<Ending, FfmpegError | FfmpegFailed>((resume) => {
    const fail = (cause: unknown) => resume(Effect.fail(cannotStart(run.program, cause)))
    let child: ChildProcess
    try {
      child = start(run)
    } catch (cause) {
      return fail(cause)
    }
    const log = LogTail.make()
    const stdout = collect(child, run)
    child.stderr?.setEncoding("utf8").on("data", log.push)
    child.once("error", fail)
    const lines = () => log.lines().map(run.redact ?? ((line) => line))
    child.once("close", (exitCode, signal) => resume(ended(run.program, exitCode, signal, stdout(), lines())))
    return kill(child)
  })
