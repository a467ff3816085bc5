import { Ffmpeg, type FfmpegError, type FfmpegFailed, type FileNames, type StallLimits } from "@runner-connector/ffmpeg"
import { Duration, Effect, Option } from "effect"
import type { Input } from "./Input.ts"
import type { JobContext } from "./JobType.ts"

/** A command may read on without writing this many times longer than it may report nothing. */
const STANDSTILL_FACTOR = 15

/**
 * When a command on these inputs counts as hung. What is cut from the start of a video is decoded and adds nothing to the
 * output, so the time without growth depends on the length of the inputs: twice as long is slow even for ffmpeg.wasm.
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
 * Runs ffmpeg in the folder of the job; its progress is that of the job, as far as the length is known. A run that hangs
 * is killed and fails the job.
 */
export const encode = (
  context: JobContext,
  command: {
    readonly inputs: ReadonlyArray<Input>
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
      stall: stallLimits(context, command.inputs),
      onProgress: (seconds) =>
        Option.match(command.duration, { onNone: () => Effect.void, onSome: (all) => context.progress(seconds / all) })
    })
  })
