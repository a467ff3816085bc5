import { stat } from "node:fs/promises"
import { join } from "node:path"
import type { MediaRemuxer } from "@runner-connector/core"
import { Ffmpeg, type FfmpegError, type FfmpegFailed, type MediaInput } from "@runner-connector/ffmpeg"
import { type Array as Arr, Effect, type Scope } from "effect"
import { temporaryFolder } from "./temporaryFolder.ts"

/** Tracks of an input, by their numbers in it. */
export interface Part extends Pick<MediaRemuxer.RemuxInput, "tracks"> {
  readonly input: MediaInput
}

const NAME = "remuxed.mp4"

/** Nothing but the tracks; the index stands before the media, so that the file can be read while it is fetched. */
const container = ["-map_metadata", "-1", "-map_chapters", "-1", "-movflags", "+faststart", "-f", "mp4"]

/**
 * Several inputs share a clock, so their times are kept; FFmpeg would let each begin at 0. The times of one input are
 * not: FFmpeg mends those of joined transport streams.
 */
const clock = (parts: ReadonlyArray<Part>) => (parts.length > 1 ? ["-copyts"] : [])

/** Copies tracks into one MP4 file in a temporary folder. */
export const remux = (
  parts: Arr.NonEmptyReadonlyArray<Part>
): Effect.Effect<MediaRemuxer.RemuxedFile, FfmpegFailed | FfmpegError, Ffmpeg | Scope.Scope> =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    const outputDirectory = yield* temporaryFolder("remux")
    yield* ffmpeg({
      inputs: parts.map(({ input }) => input),
      outputDirectory,
      arguments: ({ input, output }) => [
        ...clock(parts),
        ...parts.flatMap((_, number) => ["-i", input(number)]),
        ...parts.flatMap(({ tracks }, number) => tracks.flatMap((track) => ["-map", `${number}:${track}`])),
        ...["-c", "copy", "-avoid_negative_ts", "make_zero", ...container, output(NAME)]
      ]
    })
    const path = join(outputDirectory, NAME)
    const { size } = yield* Effect.promise(() => stat(path))
    return { path, size }
  })
