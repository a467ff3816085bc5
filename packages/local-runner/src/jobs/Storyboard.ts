import { spanned } from "@runner-connector/core"
import { PictureFilters } from "@runner-connector/ffmpeg"
import { Effect, Option, Schema } from "effect"
import { randomUuid } from "../random.ts"
import { encode } from "./encode.ts"
import * as Input from "./Input.ts"
import type { JobContext, JobType } from "./JobType.ts"
import { madeFiles } from "./madeFiles.ts"
import * as Payload from "./Payload.ts"
import type { SourceMedia, SourceVideo } from "./SourceMedia.ts"
import * as Timeline from "./Timeline.ts"

/** Maximum side of a JPEG in pixels. */
const MAX_SIDE = 65_500

const Count = Schema.Int.pipe(Schema.between(1, MAX_SIDE))
const Size = Schema.Struct({ width: Count, height: Count })

/** More tiles than any storyboard has. A payload with more was made to exhaust memory. */
const MAX_PIXELS = 16_384 * 8192

const Sprites = Schema.Struct({
  /** Size of one tile in pixels. */
  size: Size,
  /** Number of tiles per row, and number of rows. */
  count: Size,
  /** Seconds between two tiles. */
  duration: Schema.Number.pipe(Schema.between(0.001, 1_000_000))
}).pipe(
  Schema.filter(({ count, size }) => {
    const width = size.width * count.width
    const height = size.height * count.height
    return (
      (width <= MAX_SIDE && height <= MAX_SIDE && width * height <= MAX_PIXELS) ||
      "expected tiles that fit into one JPEG"
    )
  })
)

const StoryboardPayload = Schema.Struct({
  input: Schema.Struct({ videoFileUrl: Schema.String }),
  output: Schema.optionalWith(Schema.Struct({ storyboardFileCustomUpload: Schema.optional(Payload.CustomUpload) }), {
    default: () => ({})
  }),
  sprites: Sprites
})

/**
 * Seconds for which the last frame is held: as long as players show it, and at least for one tile. Without this, a
 * recording with much audio and few frames would produce no tiles.
 */
const paddingOf = (media: SourceMedia, interval: number): number => {
  const shown = Option.orElse(
    Option.map(media.tracks.shown, ({ end }) => end),
    () => media.duration
  )
  return Math.max(Timeline.of(media, media).padding, interval - Option.getOrElse(shown, () => interval))
}

/**
 * Selects a frame from the middle of each interval, as the `fps` filter rounds times. The last interval needs at least
 * half of its length. Tiles with odd sizes need full chroma until they are combined.
 */
const tiling = (
  { count, duration, size }: typeof Sprites.Type,
  { isInterlaced, transfer }: SourceVideo,
  padding: number
): string =>
  [
    ...PictureFilters.deinterlacing(isInterlaced),
    ...(padding > 0 ? [`tpad=stop_mode=clone:stop_duration=${padding}`] : []),
    `fps=1/${duration}:start_time=0`,
    `scale=${size.width}:${size.height}`,
    ...PictureFilters.toneMapping(transfer),
    "setsar=1",
    "format=yuv444p",
    `tile=${count.width}x${count.height}`,
    "format=yuvj420p"
  ].join(",")

/** The mjpeg encoder's own Huffman tables overrun the memory of ffmpeg.wasm. The default tables work everywhere. */
const jpeg: ReadonlyArray<string> = ["-huffman", "default", "-q:v", "4", "-f", "image2", "-update", "1"]

const run = spanned("Storyboard.run")(function* (context: JobContext) {
  const { input, output, sprites } = yield* Payload.read(StoryboardPayload, context)
  const source = yield* Input.fetch(context, input.videoFileUrl, "video")
  const video = yield* Option.match(source.media.video, {
    onNone: () => Effect.fail(Input.noStream("video")),
    onSome: Effect.succeed
  })
  const padding = paddingOf(source.media, sprites.duration)
  const fileName = `storyboard-${yield* randomUuid}.jpg`
  yield* Effect.logInfo("Making a storyboard")
  yield* encode(context, {
    inputs: [source],
    duration: source.media.duration,
    arguments: (names) => [
      ...[...Input.asArguments([source], names), "-map", `0:${video.stream}`],
      ...["-vf", tiling(sprites, video, padding), "-frames:v", "1"],
      ...["-map_metadata", "-1", ...jpeg, names.output(fileName)],
      // The only picture is written at the end. Until then, the stream copy reports how much of the source was read.
      ...["-map", `0:${video.stream}`, "-c", "copy", "-f", "null", "-"]
    ]
  })
  return yield* madeFiles(context, [
    { field: "storyboardFile", fileName, contentType: "image/jpeg", customUpload: output.storyboardFileCustomUpload }
  ])
})

/** Tiles frames of a video into one picture, which players show as a preview while seeking. */
export const storyboard: JobType = { name: "generate-video-storyboard", run }
