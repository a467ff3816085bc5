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

/** Maximum length of the longer side in pixels. */
const MAX_SIDE = 1280

/** Converts to square pixels without other enlargement. FFmpeg has already rotated the picture upright. */
const scale = (): string => {
  const width = "iw*max(1,sar)"
  const height = "ih*max(1,1/sar)"
  const factor = `min(1,${MAX_SIDE}/max(${width},${height}))`
  const side = (length: string) => `'max(1,round(${length}*${factor}))'`
  return `scale=w=${side(width)}:h=${side(height)}`
}

/** The stream of the frame, and the filters that convert it for display. */
interface Picture {
  readonly stream: string
  readonly filters: ReadonlyArray<string>
}

/** The video track that is transcoded, as SDR and progressive. Without one, the first picture that is not cover art. */
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

/** The frames since the last keyframe precede the seek target, and FFmpeg would drop all of them. */
const fromZero = "setpts=PTS-STARTPTS"

/** The seek position, and whether to decode up to the last frame. */
interface Attempt {
  readonly seek: ReadonlyArray<string>
  readonly until: "first" | "last"
}

/**
 * The frame at the given time. Past the end, the last frame, decoded from the keyframe before. In a file that is not
 * seekable, its first frame.
 */
const attempts = (seconds: number): ReadonlyArray<Attempt> => [
  { seek: ["-ss", String(seconds)], until: "first" },
  { seek: ["-noaccurate_seek", "-ss", String(seconds)], until: "last" },
  { seek: [], until: "first" }
]

/** The mjpeg encoder's optimal Huffman tables overrun the memory of ffmpeg.wasm. The default tables are safe. */
const jpeg = ["-huffman", "default", "-q:v", "3", "-f", "image2", "-update", "1"]

/** More threads would decode several large frames at once and exceed the memory limit. */
const THREADS = 2

/** The JPEG of one attempt, or `undefined` when there was no frame. */
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

/**
 * One upright SDR JPEG with square pixels, at the given time or nearest to it. `undefined` when there is no picture.
 */
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
