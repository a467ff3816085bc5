import { access, constants, stat } from "node:fs/promises"
import { Effect } from "effect"
import { FfmpegError, type MediaInput } from "./Ffmpeg.ts"

/** A path that is not a readable file says nothing about media: it is told apart before FFmpeg looks. */
export const checkInputs = (
  program: "ffmpeg" | "ffprobe",
  inputs: ReadonlyArray<MediaInput>
): Effect.Effect<void, FfmpegError> =>
  Effect.forEach(
    inputs,
    (input) =>
      Effect.tryPromise({
        try: async () => {
          if ("url" in input) return
          if (!(await stat(input.path)).isFile()) throw new Error(`${input.path} is not a file`)
          await access(input.path, constants.R_OK)
        },
        catch: (cause) => new FfmpegError({ program, reason: "source", cause })
      }),
    { discard: true }
  )
