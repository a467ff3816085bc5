import { Either, Option, Schema } from "effect"
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
  Option.match(
    Option.orElse(wrongTracks(options), () => wrongDuration(options.source, options.result)),
    {
      onNone: () => Either.void,
      onSome: (message) => Either.left(new UnexpectedResult({ message }))
    }
  )

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

const wrongDuration = (source: MediaSummary, result: MediaSummary): Option.Option<string> =>
  Option.all([source.duration, result.duration]).pipe(
    Option.filter(([expected, actual]) => Math.abs(actual - expected) > Math.max(SECONDS, SHARE * expected)),
    Option.map(
      ([expected, actual]) => `The result lasts ${seconds(actual)} although the source lasts ${seconds(expected)}.`
    )
  )

const seconds = (value: number): string => `${Math.round(value * 10) / 10} s`
