import { access, constants, stat } from "node:fs/promises"
import { Effect } from "effect"
import { FfmpegError, type LiveInput, type MediaInput } from "./Ffmpeg.ts"

const liveProtocols: ReadonlyArray<string> = ["rtmp:", "rtmps:"]

const check = async (input: MediaInput | LiveInput): Promise<void> => {
  if ("live" in input && !liveProtocols.includes(input.live.protocol))
    throw new Error("the live stream does not use RTMP")
  if (!("path" in input)) return
  if (!(await stat(input.path)).isFile()) throw new Error(`${input.path} is not a file`)
  await access(input.path, constants.R_OK)
}

/**
 * Rejects inputs before FFmpeg opens them, with the reason `source`. An unreadable path is not evidence of invalid
 * media. A live address must use RTMP, because other protocols could open other files.
 */
export const checkInputs = (
  program: "ffmpeg" | "ffprobe",
  inputs: ReadonlyArray<MediaInput | LiveInput>
): Effect.Effect<void, FfmpegError> =>
  Effect.forEach(
    inputs,
    (input) =>
      Effect.tryPromise({
        try: () => check(input),
        catch: (cause) => new FfmpegError({ program, reason: "source", cause })
      }),
    { discard: true }
  )
