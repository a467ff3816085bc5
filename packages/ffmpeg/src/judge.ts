import { Effect } from "effect"
import { FfmpegError, FfmpegFailed, type FfmpegResult } from "./Ffmpeg.ts"

/** The outcome of a program. */
export interface Ending {
  readonly exitCode: number
  readonly stdout: string
  readonly log: ReadonlyArray<string>
}

const brokenSource =
  /HTTP error|Server returned|Connection (to|refused|reset|timed out)|Stream ends prematurely|Failed to resolve hostname|Network is unreachable|No route to host|Input\/output error|IO error|TLS/i

/**
 * If a server refuses or closes the connection, neither a failure nor a success of FFmpeg says anything reliable about
 * the file.
 */
const distrustBrokenSource = (program: "ffmpeg" | "ffprobe", lines: ReadonlyArray<string>, remote: boolean) => {
  const line = remote ? lines.find((text) => brokenSource.test(text)) : undefined
  return line === undefined ? Effect.void : Effect.fail(new FfmpegError({ program, reason: "source", cause: line }))
}

/** A message of FFmpeg. Lines that begin with a space show the tags of the input. */
const fullDisk = /^\S.*(No space left on device|Disk quota exceeded)/

/**
 * Evaluates a run by its log and its exit code, which is 0 when the last bytes of an output did not fit on the disk. `remote`
 * means that FFmpeg's own client fetched an input over the network.
 */
export const judgeProgram = (
  program: "ffmpeg" | "ffprobe",
  ending: Ending,
  remote: boolean
): Effect.Effect<FfmpegResult, FfmpegFailed | FfmpegError> =>
  Effect.gen(function* () {
    yield* distrustBrokenSource(program, ending.log, remote)
    const full = ending.log.find((line) => fullDisk.test(line))
    if (full !== undefined) return yield* new FfmpegError({ program, reason: "crash", cause: new Error(full) })
    if (ending.exitCode === 0) return { log: ending.log }
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
 * Evaluates the report of an ffprobe run. Ignores the exit code, which is always -1 in ffmpeg.wasm. If a decoder does
 * not open, ffprobe stops within its report without an `error` member.
 */
export const judgeFfprobe = (ending: Ending, remote: boolean): Effect.Effect<unknown, FfmpegFailed | FfmpegError> =>
  Effect.gen(function* () {
    const report = parse(ending.stdout)
    const error = report === undefined ? unfinished : readError(report)
    yield* distrustBrokenSource("ffprobe", error === undefined ? ending.log : [error.string, ...ending.log], remote)
    if (error === undefined) return report
    return yield* new FfmpegFailed({ program: "ffprobe", exitCode: 1, error, log: ending.log })
  })

const unfinished = { code: 0, string: "the report is incomplete" }
