import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { Ffmpeg, type FfmpegError, type FfmpegFailed, type MediaInput } from "@runner-connector/ffmpeg"
import { Duration, Effect } from "effect"
import { temporaryFolder } from "./temporaryFolder.ts"

/** Pixels of the longer side at most. */
const MAX_SIDE = 1280

/** More than any camera makes; a picture that claims more was made to fill memory. */
const MAX_PIXELS = 16384 * 8192

/** Square pixels, never enlarged but for that; FFmpeg has turned the picture upright before. */
const scale = () => {
  const width = "iw*max(1,sar)"
  const height = "ih*max(1,1/sar)"
  const factor = `min(1,${MAX_SIDE}/max(${width},${height}))`
  const side = (length: string) => `'max(1,round(${length}*${factor}))'`
  return `scale=w=${side(width)}:h=${side(height)},setsar=1,format=yuvj420p`
}

/** The pictures from the last key picture on lie before the moment that was sought, and FFmpeg would drop them all. */
const fromZero = "setpts=PTS-STARTPTS"

/** Where to begin, and whether to go on to the last picture. */
interface Attempt {
  readonly seek: ReadonlyArray<string>
  readonly until: "first" | "last"
}

/**
 * The picture at the moment; where there is none, the last one, found from the key picture before; where the file
 * cannot be sought in, its first.
 */
const attempts = (seconds: number): ReadonlyArray<Attempt> => [
  { seek: ["-ss", String(seconds)], until: "first" },
  { seek: ["-noaccurate_seek", "-ss", String(seconds)], until: "last" },
  { seek: [], until: "first" }
]

/** The mjpeg encoder's own Huffman tables overrun the memory of ffmpeg.wasm: the default ones are safe everywhere. */
const picture = ["-huffman", "default", "-q:v", "3", "-f", "image2", "-update", "1"]

/** The JPEG that one attempt gives; `undefined` when no picture came. */
const attemptFrame = (input: MediaInput, attempt: Attempt) =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    const folder = yield* temporaryFolder("frame")
    yield* ffmpeg({
      inputs: [input],
      outputDirectory: folder,
      arguments: ({ input, output }) => [
        ...["-max_pixels", String(MAX_PIXELS), ...attempt.seek, "-i", input(0), "-map", "0:V:0"],
        ...(attempt.until === "first" ? ["-vf", scale(), "-frames:v", "1"] : ["-vf", `${fromZero},${scale()}`]),
        ...[...picture, output("frame.jpg")]
      ]
    })
    const bytes = yield* Effect.promise(() => readFile(join(folder, "frame.jpg")).catch(() => new Uint8Array(0)))
    return bytes.length === 0 ? undefined : new Uint8Array(bytes)
  }).pipe(Effect.scoped)

/** One upright JPEG with square pixels, at the moment or the nearest to it; `undefined` when there is no picture. */
export const takeFrame = (
  input: MediaInput,
  at: Duration.Duration
): Effect.Effect<Uint8Array | undefined, FfmpegFailed | FfmpegError, Ffmpeg> =>
  Effect.gen(function* () {
    for (const attempt of attempts(Math.max(0, Duration.toSeconds(at)))) {
      const jpeg = yield* attemptFrame(input, attempt)
      if (jpeg !== undefined) return jpeg
    }
    return undefined
  })
