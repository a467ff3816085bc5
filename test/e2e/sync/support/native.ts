import { execFile } from "node:child_process"
import { Effect } from "effect"

/** The output of a program. */
export interface Written {
  readonly out: string
  readonly log: string
}

/** Runs native FFmpeg in a folder and asserts success. */
export const ffmpeg = (args: ReadonlyArray<string>, folder = "."): Effect.Effect<Written> =>
  Effect.async<Written>((resume) => {
    const all = ["-nostdin", "-hide_banner", "-nostats", "-y", ...args]
    const options = { cwd: folder, timeout: 300_000, maxBuffer: 64 * 1024 ** 2 }
    const child = execFile("ffmpeg", all, options, (error, out, log) =>
      resume(
        error === null
          ? Effect.succeed({ out, log })
          : Effect.dieMessage(`ffmpeg ${args.join(" ")}\n${log.slice(-4000)}`)
      )
    )
    return Effect.sync(() => child.kill("SIGKILL"))
  })
