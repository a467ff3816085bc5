import { Ffmpeg, type FfmpegError, type FfmpegFailed } from "@runner-connector/ffmpeg"
import { Effect, Ref } from "effect"
import { stallLimits } from "./encode.ts"
import type { Input } from "./Input.ts"
import type { JobContext } from "./JobType.ts"

/**
 * Seconds that a stream of a file lasts, found by reading it to its end: some files do not say it, and of others it is
 * guessed from their size.
 */
export const measure = (
  context: JobContext,
  file: Input,
  stream: number
): Effect.Effect<number, FfmpegFailed | FfmpegError, Ffmpeg> =>
  Effect.gen(function* () {
    const ffmpeg = yield* Ffmpeg
    const seconds = yield* Ref.make(0)
    yield* ffmpeg.ffmpeg({
      inputs: [{ path: file.path }],
      arguments: ({ input }) => ["-i", input(0), "-map", `0:${stream}`, "-c", "copy", "-f", "null", "-"],
      stall: stallLimits(context, [file]),
      onProgress: (now) => Ref.set(seconds, now)
    })
    return yield* Ref.get(seconds)
  })
