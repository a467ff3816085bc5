import { Effect } from "effect"
import { FfmpegError, FfmpegFailed, type FfmpegResult } from "./Ffmpeg.ts"

/** How a program ended. */
export interface Ending {
  readonly exitCode: number
  readonly stdout: string
  readonly log: ReadonlyArray<string>
}

const brokenSource =
  /HTTP error|Server returned|Connection (to|refused|reset|timed out)|Stream ends prematurely|Failed to resolve hostname|Network is unreachable|No route to host|Input\/output error|IO error|TLS/i

/** A server that refused or broke off says nothing about the file: neither a failure nor a success may be believed. */
const distrustBrokenSource = (program: "ffmpeg" | "ffprobe", lines: ReadonlyArray<string>, remote: boolean) => {
  const line = remote ? lines.find((text) => brokenSource.test(text)) : undefined
  return line === undefined ? Effect.void : Effect.fail(new FfmpegError({ program, reason: "source", cause: line }))
}

const fullDisk = /No space left on device|Disk quota exceeded/

/** The result of a run by its exit code; `remote` when an input came over the network by FFmpeg's own client. */
export const judgeProgram = (
  program: "ffmpeg" | "ffprobe",
  ending: Ending,
  remote: boolean
): Effect.Effect<FfmpegResult, FfmpegFailed | FfmpegError> =>
  Effect.gen(function* () {
    yield* distrustBrokenSource(program, ending.log, remote)
    if (ending.exitCode === 0) return { log: ending.log }
    const full = ending.log.find((line) => fullDisk.test(line))
    if (full !== undefined) return yield* new FfmpegError({ program, reason: "crash", cause: new Error(full) })
    return yield* new FfmpegFailed({ program, exitCode: ending.exitCode, log: ending.log })
  })

const readError = (report: unknown): { readonly code: number; readonly string: string } | undefined => {
  if (typeof report !== "object" || report === null || !("error" in report)) return undefined
  const { code = 0, string = "unknown error" } = report.error as { code?: unknown; string?: unknown }
  return { code: Number(code), string: String(string) }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * The report of an ffprobe run. The exit code does not count: in ffmpeg.wasm it is always -1. ffprobe stops in the middle
 * of its report, without an error member, where a decoder does not open.
 */
export const judgeFfprobe = (ending: Ending, remote: boolean): Effect.Effect<unknown, FfmpegFailed | FfmpegError> =>
  Effect.gen(function* () {
    const report = parse(ending.stdout)
    const error = report === undefined ? unfinished : readError(report)
    yield* distrustBrokenSource("ffprobe", error === undefined ? ending.log : [error.string, ...ending.log], remote)
    if (error === undefined) return report
    return yield* new FfmpegFailed({ program: "ffprobe", exitCode: 1, error, log: ending.log })
  })

const unfinished = { code: 0, string: "the report is unfinished" }
