import { stat } from "node:fs/promises"
import { join } from "node:path"
import type { MediaRemuxer } from "@runner-connector/core"
import { Ffmpeg, type FfmpegError, type FfmpegFailed, type MediaInput } from "@runner-connector/ffmpeg"
import { type Array as Arr, Effect, type Scope } from "effect"
import { temporaryFolder } from "./temporaryFolder.ts"

/** Tracks of an input, by index. */
export interface Part extends Omit<MediaRemuxer.RemuxInput, "source"> {
  readonly input: MediaInput
}

/** Containers of one family. QuickTime also holds uncompressed audio. */
type Container = "mp4" | "mov"

/** Tracks alone, without what else the input has. */
export const nothingElse: ReadonlyArray<string> = ["-map_metadata", "-1", "-map_chapters", "-1"]

/** Copies only the tracks. The index precedes the media, so that the file can be read while it is downloaded. */
const written = (container: Container): ReadonlyArray<string> => [
  ...[...nothingElse, "-movflags", "+faststart", "-f", container]
]

/**
 * Several inputs share a clock, so their timestamps are kept. FFmpeg would let each file start at 0. The timestamps of
 * a single input are not kept, because FFmpeg repairs those of joined transport streams.
 */
const keepsClock = (parts: ReadonlyArray<Part>): boolean => parts.length > 1

/** Lets the presentation start at 0. An edit list hides earlier packets, as MP4 writers do with priming. */
const fromOrigin = (parts: Arr.NonEmptyReadonlyArray<Part>): ReadonlyArray<string> => {
  const origin = Math.min(...parts.map((part) => part.origin)) - (keepsClock(parts) ? 0 : parts[0].start)
  return ["-output_ts_offset", (-origin).toFixed(6), "-avoid_negative_ts", "disabled"]
}

/** Copies tracks into one file in a temporary folder. */
export const remux = (
  parts: Arr.NonEmptyReadonlyArray<Part>,
  container: Container = "mp4"
): Effect.Effect<MediaRemuxer.RemuxedFile, FfmpegFailed | FfmpegError, Ffmpeg | Scope.Scope> =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    const outputDirectory = yield* temporaryFolder("remux")
    const name = `remuxed.${container}`
    yield* ffmpeg({
      inputs: parts.map(({ input }) => input),
      outputDirectory,
      arguments: ({ input, output }) => [
        ...(keepsClock(parts) ? ["-copyts"] : []),
        ...parts.flatMap((_, number) => ["-i", input(number)]),
        ...parts.flatMap(({ tracks }, number) => tracks.flatMap((track) => ["-map", `${number}:${track}`])),
        ...["-c", "copy", ...fromOrigin(parts), ...written(container), output(name)]
      ]
    })
    const path = join(outputDirectory, name)
    const { size } = yield* Effect.promise(() => stat(path))
    return { path, size }
  })
