import { Ffmpeg, type FfmpegError, type FfmpegFailed, type FileNames, type StallLimits } from "@runner-connector/ffmpeg"
import { Duration, Effect, Option } from "effect"
import type { Input } from "./Input.ts"
import type { JobContext } from "./JobType.ts"

/** A command may read without writing for at most this multiple of the silence limit. */
const STANDSTILL_FACTOR = 15

/**
 * Returns the limits after which a command with these inputs counts as hung. FFmpeg decodes the cut start of a video
 * without output, so the time without growth depends on the duration of the inputs. Twice the duration is slow even for
 * ffmpeg.wasm.
 */
export const stallLimits = (
  { stallTimeout }: Pick<JobContext, "stallTimeout">,
  inputs: ReadonlyArray<Pick<Input, "media">>
): StallLimits => {
  const longest = Math.max(0, ...inputs.map(({ media }) => Option.getOrElse(media.duration, () => 0)))
  const standstill = Duration.max(Duration.times(stallTimeout, STANDSTILL_FACTOR), Duration.seconds(2 * longest))
  return { silence: stallTimeout, standstill }
}

/**
 * Runs ffmpeg in the folder of the job and reports its progress, if the duration is known. A hung run is killed and
 * fails the job.
 */
export const encode = (
  context: JobContext,
  command: {
    readonly inputs: ReadonlyArray<Input>
    readonly arguments: (names: FileNames) => ReadonlyArray<string>
    /** Duration of the result in seconds. */
    readonly duration: Option.Option<number>
  }
): Effect.Effect<void, FfmpegFailed | FfmpegError, Ffmpeg> =>
  Effect.gen(function* () {
    const ffmpeg = yield* Ffmpeg
    yield* ffmpeg.ffmpeg({
      inputs: command.inputs.map(({ path }) => ({ path })),
      arguments: command.arguments,
      outputDirectory: context.directory,
      stall: stallLimits(context, command.inputs),
      onProgress: (seconds) =>
        Option.match(command.duration, { onNone: () => Effect.void, onSome: (all) => context.progress(seconds / all) })
    })
  })
