import { Array as Arr, Option, Schema } from "effect"
import type { MediaSummary } from "../media/MediaSummary.ts"

const Positive = Schema.Int.pipe(Schema.positive())
const Size = Schema.Struct({ width: Positive, height: Positive })

/** One picture tiled from frames of a video, for hover previews. */
export const Storyboard = Schema.Struct({
  /** Pixels of one tile. */
  sprite: Size,
  /** Tiles per row, and rows. */
  grid: Size,
  /** Seconds from one tile to the next. */
  interval: Positive,
  /** Tiles in use, row by row. */
  total: Positive,
  /** Duration of the video in seconds. */
  duration: Schema.Number
})
export type Storyboard = typeof Storyboard.Type

const LONG_SIDE = 192
const MAX_COLUMNS = 11
/** Seconds. Shorter videos need no hover previews. */
const SHORTEST = 3

/** The long side is fixed. The other follows the aspect ratio. */
const spriteSize = ({ height, width }: Pick<MediaSummary, "height" | "width">): Storyboard["sprite"] => {
  const ratio = width / height
  return ratio < 1
    ? { width: Math.max(1, Math.round(LONG_SIDE * ratio)), height: LONG_SIDE }
    : { width: LONG_SIDE, height: Math.max(1, Math.round(LONG_SIDE / ratio)) }
}

const sides = Arr.range(1, MAX_COLUMNS)

/** The grid with the fewest rows, then the fewest columns, that holds the tiles. Never more rows than columns. */
const gridFor = (total: number): Storyboard["grid"] =>
  Arr.head(
    sides.flatMap((height) =>
      sides.filter((width) => width >= height && total <= width * height).map((width) => ({ width, height }))
    )
  ).pipe(Option.getOrElse(() => ({ width: MAX_COLUMNS, height: MAX_COLUMNS })))

/**
 * The storyboard to request. None when the video has no picture, is shorter than three seconds, or has no known
 * duration. Like PeerTube, it counts whole seconds.
 */
export const storyboardFor = (
  video: Pick<MediaSummary, "duration" | "hasVideo" | "height" | "width">
): Option.Option<Storyboard> =>
  video.duration.pipe(
    Option.filter((duration) => duration >= SHORTEST && video.hasVideo && video.width > 0 && video.height > 0),
    Option.map((duration) => {
      const seconds = Math.round(duration)
      const most = Math.min(seconds, MAX_COLUMNS ** 2)
      const interval = Math.ceil(seconds / most)
      const total = Math.ceil(seconds / interval)
      return { sprite: spriteSize(video), grid: gridFor(total), interval, total, duration }
    })
  )

/** The storyboard as runners read it. */
export const presentSprites = ({ grid, interval, sprite }: Storyboard) => ({
  size: sprite,
  count: grid,
  duration: interval
})

const two = (value: number): string => String(value).padStart(2, "0")

const timestamp = (seconds: number): string => {
  const milliseconds = Math.round(seconds * 1000)
  const whole = Math.floor(milliseconds / 1000)
  const clock = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60].map(two).join(":")
  return `${clock}.${String(milliseconds % 1000).padStart(3, "0")}`
}

/**
 * The WebVTT thumbnail track with `#xywh=` fragments. The last cue ends with the video. Tiles that FFmpeg leaves black
 * are not listed: a tile takes a frame from the middle of its interval, and the last interval has one only when at
 * least half of it exists.
 */
export const thumbnailsTrack = (storyboard: Storyboard, imageName: string): string => {
  const { duration, grid, interval, sprite, total } = storyboard
  const painted = Math.max(1, Math.min(total, Math.round(duration / interval)))
  const cues = Arr.makeBy(painted, (index) => {
    const x = (index % grid.width) * sprite.width
    const y = Math.floor(index / grid.width) * sprite.height
    const end = index === painted - 1 ? duration : (index + 1) * interval
    return [
      `${timestamp(index * interval)} --> ${timestamp(end)}`,
      `${imageName}#xywh=${x},${y},${sprite.width},${sprite.height}`,
      ""
    ].join("\n")
  })
  return ["WEBVTT\n", ...cues].join("\n")
}

/** Replaces the name of the picture in every cue of a thumbnail track. */
export const mapPictures = (track: string, change: (name: string) => string): string =>
  track.replace(/^[^\s#]+(?=#xywh=)/gm, change)
