import { Ffmpeg, type FfmpegError, type FfmpegFailed } from "@runner-connector/ffmpeg"
import { Effect, Ref } from "effect"
import { stallLimits } from "./encode.ts"
import type { Input } from "./Input.ts"
import type { JobContext } from "./JobType.ts"

/**
 * Measures the duration of a stream in seconds by reading it to its end. Some files contain no duration, or only an
 * estimate from their size.
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
