import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { type ProbeReport, SourceTracks } from "@runner-connector/core"
import {
  Ffmpeg,
  type FfmpegError,
  type FfmpegFailed,
  MAX_PIXELS,
  type MediaInput,
  PictureFilters,
  PROBE_MEMORY
} from "@runner-connector/ffmpeg"
import { Duration, Effect, Option } from "effect"
import { temporaryFolder } from "./temporaryFolder.ts"

/** Pixels of the longer side at most. */
const MAX_SIDE = 1280

/** Square pixels, never enlarged except for that; FFmpeg has turned the picture upright before. */
const scale = (): string => {
  const width = "iw*max(1,sar)"
  const height = "ih*max(1,1/sar)"
  const factor = `min(1,${MAX_SIDE}/max(${width},${height}))`
  const side = (length: string) => `'max(1,round(${length}*${factor}))'`
  return `scale=w=${side(width)}:h=${side(height)}`
}

/** The stream to take a picture of, and the filters that make it fit for a screen. */
interface Picture {
  readonly stream: string
  readonly filters: ReadonlyArray<string>
}

/** The video track that is transcoded, in SDR and progressive; without one the first picture that is no cover. */
export const pictureOf = (report: ProbeReport.ProbeReport): Picture => {
  const video = Option.getOrUndefined(SourceTracks.sourceTracks(report).video)
  return {
    stream: video === undefined ? "0:V:0" : `0:${video.index}`,
    filters: [
      ...PictureFilters.deinterlacing(video?.isInterlaced ?? false),
      scale(),
      ...PictureFilters.toneMapping(PictureFilters.hdrTransfer(video?.stream.color_transfer)),
      ...["setsar=1", "format=yuvj420p"]
    ]
  }
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
const jpeg = ["-huffman", "default", "-q:v", "3", "-f", "image2", "-update", "1"]

/** More threads would decode as many large pictures at once, beyond the limit on memory. */
const THREADS = 2

/** The JPEG that one attempt gives; `undefined` when no picture came. */
const attemptFrame = (input: MediaInput, { filters, stream }: Picture, attempt: Attempt) =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    const folder = yield* temporaryFolder("frame")
    yield* ffmpeg({
      inputs: [input],
      outputDirectory: folder,
      memoryLimit: PROBE_MEMORY,
      arguments: ({ input, output }) => [
        ...["-max_alloc", `${PROBE_MEMORY}`, "-max_pixels", `${MAX_PIXELS}`, "-threads", `${THREADS}`],
        ...["-filter_threads", `${THREADS}`, ...attempt.seek, "-i", input(0), "-map", stream],
        ...["-vf", [...(attempt.until === "last" ? [fromZero] : []), ...filters].join(",")],
        ...(attempt.until === "first" ? ["-frames:v", "1"] : []),
        ...[...jpeg, output("frame.jpg")]
      ]
    })
    const bytes = yield* Effect.promise(() => readFile(join(folder, "frame.jpg")).catch(() => new Uint8Array(0)))
    return bytes.length === 0 ? undefined : new Uint8Array(bytes)
  }).pipe(Effect.scoped)

/** One upright SDR JPEG with square pixels, at the moment or the nearest to it; `undefined` when there is no picture. */
export const takeFrame = (
  input: MediaInput,
  report: ProbeReport.ProbeReport,
  at: Duration.Duration
): Effect.Effect<Uint8Array | undefined, FfmpegFailed | FfmpegError, Ffmpeg> =>
  Effect.gen(function* () {
    const picture = pictureOf(report)
    for (const attempt of attempts(Math.max(0, Duration.toSeconds(at)))) {
      const taken = yield* attemptFrame(input, picture, attempt)
      if (taken !== undefined) return taken
    }
    return undefined
  })
