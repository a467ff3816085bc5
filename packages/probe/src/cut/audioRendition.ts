import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { type MediaCutter, MediaProbe } from "@runner-connector/core"
import { Ffmpeg, FfmpegError, type FfmpegFailed, HlsOutput, InputBytes } from "@runner-connector/ffmpeg"
import { type Duration, Effect, type Scope, Stream } from "effect"
import { nothingElse, type Part } from "../remux.ts"
import { temporaryFolder } from "../temporaryFolder.ts"

/** In the form in which runners name their files. */
const MEDIA = "00000000-0000-4000-8000-000000000000-0-fragmented.mp4"
const PLAYLIST = "audio.m3u8"

const fileError = (cause: unknown) => new FfmpegError({ program: "ffmpeg", reason: "crash", cause })

/** Copies one audio track into an HLS rendition in a temporary folder. */
export const audioRendition = (
  { input, origin, start, tracks: [track] }: Part,
  timeout: Duration.DurationInput
): Effect.Effect<MediaCutter.AudioRendition, FfmpegFailed | FfmpegError, Ffmpeg | Scope.Scope> =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    const outputDirectory = yield* temporaryFolder("cut")
    yield* ffmpeg({
      ...{ inputs: [input], outputDirectory, timeout },
      arguments: (names) => [
        ...["-i", names.input(0), "-map", `0:${track}`, "-c", "copy", ...nothingElse],
        ...HlsOutput.asArguments({
          ...{ media: names.output(MEDIA), playlist: names.output(PLAYLIST) },
          // Without `-copyts` FFmpeg lets the input begin at 0.
          start: start - origin
        })
      ]
    })
    const path = join(outputDirectory, MEDIA)
    const playlist = yield* Effect.tryPromise({
      try: () => readFile(join(outputDirectory, PLAYLIST), "utf8"),
      catch: fileError
    })
    const { read, size } = yield* InputBytes.open({ path })
    const unreadable = (cause: FfmpegError) => new MediaProbe.ProbeError({ operation: "cut", cause })
    return {
      ...{ path, size, playlist },
      read: ({ end, start: first }) => Stream.fromEffect(Effect.mapError(read(first, end + 1), unreadable))
    }
  })
