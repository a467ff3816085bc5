import { Ffmpeg, type FfmpegError, type FfmpegFailed, type FileNames } from "@runner-connector/ffmpeg"
import { Effect, Option } from "effect"
import type { Input } from "./Input.ts"
import type { JobContext } from "./JobType.ts"

/** Runs ffmpeg in the folder of the job; its progress is that of the job, as far as the length is known. */
export const encode = (
  context: JobContext,
  command: {
    readonly inputs: ReadonlyArray<Pick<Input, "path">>
    readonly arguments: (names: FileNames) => ReadonlyArray<string>
    /** Seconds that the result will last. */
    readonly duration: Option.Option<number>
  }
): Effect.Effect<void, FfmpegFailed | FfmpegError, Ffmpeg> =>
  Effect.gen(function* () {
    const ffmpeg = yield* Ffmpeg
    yield* ffmpeg.ffmpeg({
      inputs: command.inputs.map(({ path }) => ({ path })),
      arguments: command.arguments,
      outputDirectory: context.directory,
      onProgress: (seconds) =>
        Option.match(command.duration, { onNone: () => Effect.void, onSome: (all) => context.progress(seconds / all) })
    })
  })
