import { Either, Option, Schema } from "effect"
import { pictureStream } from "./MediaFacts.ts"
import type { ProbeReport } from "./ProbeReport.ts"
import type { Storyboard } from "./Storyboard.ts"
import type { MediaSummary } from "./Video.ts"

/** What the runner sent is not what it was asked for. The message says in a sentence how it differs. */
export class UnexpectedResult extends Schema.TaggedError<UnexpectedResult>()("UnexpectedResult", {
  message: Schema.String
}) {}

/** What a runner was asked to make. */
export interface Asked {
  /** Short side in pixels; 0 for sound alone. */
  readonly resolution: number
}

const PIXELS = 2
const SECONDS = 1
const SHARE = 0.05

/**
 * Compares a rendition with what was asked: media at all, picture and sound as asked, the short side within 2 pixels,
 * the length within a second or 5 % of the source's, whichever is more, when both are known.
 */
export const checkRendition = (options: {
  readonly asked: Asked
  readonly source: MediaSummary
  readonly result: MediaSummary
}): Either.Either<void, UnexpectedResult> =>
  unexpected(
    Option.orElse(wrongTracks(options), () =>
      wrongDuration(options.source.duration, options.result, "the source lasts")
    )
  )

const unexpected = (message: Option.Option<string>): Either.Either<void, UnexpectedResult> =>
  Option.match(message, {
    onNone: () => Either.void,
    onSome: (text) => Either.left(new UnexpectedResult({ message: text }))
  })

/** Compares an edited video with what its tasks should have made: a picture at all, and the length as above. */
export const checkEdited = (
  expected: Option.Option<number>,
  result: MediaSummary
): Either.Either<void, UnexpectedResult> =>
  unexpected(
    result.hasVideo
      ? wrongDuration(expected, result, "the tasks should leave")
      : Option.some("The edited file has no video.")
  )

/**
 * Compares a storyboard with what was asked: a JPEG as large as its tiles together, up to a pixel a tile. With any other
 * size players would show parts of two tiles.
 */
export const checkStoryboard = (
  { grid, sprite }: Pick<Storyboard, "grid" | "sprite">,
  report: ProbeReport
): Either.Either<void, UnexpectedResult> => {
  const picture = Option.filter(pictureStream(report), (stream) => stream.codec_name === "mjpeg")
  if (Option.isNone(picture)) return unexpected(Option.some("The storyboard is no JPEG picture."))
  const { height = 0, width = 0 } = picture.value
  const fits = (actual: number, tile: number, count: number): boolean => Math.abs(actual - tile * count) <= count
  if (fits(width, sprite.width, grid.width) && fits(height, sprite.height, grid.height)) return Either.void
  const asked = `${sprite.width * grid.width}x${sprite.height * grid.height}`
  return unexpected(Option.some(`The storyboard is ${width}x${height} although ${asked} was asked for.`))
}

const wrongTracks = (options: {
  readonly asked: Asked
  readonly source: MediaSummary
  readonly result: MediaSummary
}): Option.Option<string> => {
  const { asked, result } = options
  if (!result.hasVideo && !result.hasAudio) return Option.some("The result has neither video nor sound.")
  if (asked.resolution === 0) {
    if (result.hasVideo) return Option.some("The result has video although sound alone was asked for.")
    return Option.none()
  }
  if (!result.hasVideo) return Option.some(`The result has no video although ${asked.resolution}p was asked for.`)
  const shortSide = Math.min(result.width, result.height)
  if (Math.abs(shortSide - asked.resolution) > PIXELS) {
    return Option.some(`The result is ${result.width}x${result.height} although ${asked.resolution}p was asked for.`)
  }
  return Option.none()
}

const wrongDuration = (length: Option.Option<number>, result: MediaSummary, whatItIs: string): Option.Option<string> =>
  Option.all([length, result.duration]).pipe(
    Option.filter(([expected, actual]) => Math.abs(actual - expected) > Math.max(SECONDS, SHARE * expected)),
    Option.map(([expected, actual]) => `The result lasts ${seconds(actual)} although ${whatItIs} ${seconds(expected)}.`)
  )

const seconds = (value: number): string => `${Math.round(value * 10) / 10} s`
