import { Either, Option, Schema } from "effect"
import type { MediaSummary } from "../media/MediaSummary.ts"
import type { Storyboard } from "../storyboard/Storyboard.ts"
import { pictureStream } from "./MediaFacts.ts"
import type { ProbeReport } from "./ProbeReport.ts"

/** What the runner sent is not what it was asked for. The message says in a sentence how it differs. */
export class UnexpectedResult extends Schema.TaggedError<UnexpectedResult>()("UnexpectedResult", {
  message: Schema.String
}) {}

/** What a runner was asked to make. */
export interface Asked {
  /** Short side in pixels; 0 for sound alone. */
  readonly resolution: number
  /** The sound has a rendition of its own, and this one has none. */
  readonly separatedAudio?: boolean
}

const PIXELS = 2
const SECONDS = 1
const SHARE = 0.05
/** FFmpeg notices late that the sound under a still picture is over: when it has encoded some seconds more of it. */
const MERGE_EXCESS = 10

interface Compared {
  readonly source: MediaSummary
  readonly result: MediaSummary
}

/** No complaint, or the first one. */
const verdict = (complaints: ReadonlyArray<Option.Option<string>>): Either.Either<void, UnexpectedResult> =>
  Option.match(Option.firstSomeOf(complaints), {
    onNone: () => Either.void,
    onSome: (message) => Either.left(new UnexpectedResult({ message }))
  })

/**
 * Compares a rendition with what was asked: media at all, picture and sound as asked, the short side within 2 pixels,
 * the length within a second or 5 % of the source's, whichever is more, when both are known. One track of several may
 * end earlier than the source, whose length is that of the longest.
 */
export const checkRendition = (options: Compared & { readonly asked: Asked }): Either.Either<void, UnexpectedResult> =>
  verdict([
    options.asked.resolution === 0 ? wrongSound(options.result) : wrongPicture(options),
    differsFromSource(options, isOneTrackOf(options) ? { ...usual, missing: Number.POSITIVE_INFINITY } : usual)
  ])

const isOneTrackOf = ({ asked, source }: { readonly asked: Asked; readonly source: MediaSummary }): boolean =>
  source.hasVideo && source.hasAudio && (asked.separatedAudio === true || asked.resolution === 0)

/**
 * Compares sound that was merged with a still picture with the sound alone. Its size is that of the picture; it may be
 * some seconds longer.
 */
export const checkMerge = (options: Compared): Either.Either<void, UnexpectedResult> =>
  verdict([
    options.result.hasVideo && options.result.hasAudio
      ? Option.none()
      : Option.some("The result has not both video and sound."),
    differsFromSource(options, { ...usual, excess: MERGE_EXCESS })
  ])

/** Compares an edited video with what its tasks should have made: a picture at all, and the length as above. */
export const checkEdited = (
  expected: Option.Option<number>,
  result: MediaSummary
): Either.Either<void, UnexpectedResult> =>
  verdict([
    result.hasVideo ? Option.none() : Option.some("The edited file has no video."),
    wrongDuration(expected, result, { tolerance: usual, whatItIs: "the tasks should leave" })
  ])

/**
 * Compares a storyboard with what was asked: a JPEG as large as its tiles together, up to a pixel a tile. With any other
 * size players would show parts of two tiles.
 */
export const checkStoryboard = (
  { grid, sprite }: Pick<Storyboard, "grid" | "sprite">,
  report: ProbeReport
): Either.Either<void, UnexpectedResult> => {
  const picture = Option.filter(pictureStream(report), (stream) => stream.codec_name === "mjpeg")
  if (Option.isNone(picture)) return verdict([Option.some("The storyboard is no JPEG picture.")])
  const { height = 0, width = 0 } = picture.value
  const fits = (actual: number, tile: number, count: number): boolean => Math.abs(actual - tile * count) <= count
  if (fits(width, sprite.width, grid.width) && fits(height, sprite.height, grid.height)) return Either.void
  const asked = `${sprite.width * grid.width}x${sprite.height * grid.height}`
  return verdict([Option.some(`The storyboard is ${width}x${height} although ${asked} was asked for.`)])
}

const NOTHING = "The result has neither video nor sound."

const wrongSound = (result: MediaSummary): Option.Option<string> => {
  if (result.hasVideo) return Option.some("The result has video although sound alone was asked for.")
  return result.hasAudio ? Option.none() : Option.some(NOTHING)
}

const wrongPicture = ({ asked, result, source }: Compared & { readonly asked: Asked }): Option.Option<string> => {
  const { height, width } = result
  const although = `although ${asked.resolution}p was asked for.`
  if (!result.hasVideo) return Option.some(result.hasAudio ? `The result has no video ${although}` : NOTHING)
  if (Math.abs(Math.min(width, height) - asked.resolution) > PIXELS) {
    return Option.some(`The result is ${width}x${height} ${although}`)
  }
  if (asked.separatedAudio === true) {
    return result.hasAudio ? Option.some("The result has sound although video alone was asked for.") : Option.none()
  }
  return source.hasAudio && !result.hasAudio
    ? Option.some("The result has no sound although the source has.")
    : Option.none()
}

/** How many seconds may be missing, and how many too many, where that is more than the share. */
interface Tolerance {
  readonly missing: number
  readonly excess: number
}

const usual: Tolerance = { missing: SECONDS, excess: SECONDS }

const differsFromSource = ({ result, source }: Compared, tolerance: Tolerance): Option.Option<string> =>
  wrongDuration(source.duration, result, { tolerance, whatItIs: "the source lasts" })

const wrongDuration = (
  length: Option.Option<number>,
  result: MediaSummary,
  { tolerance, whatItIs }: { readonly tolerance: Tolerance; readonly whatItIs: string }
): Option.Option<string> =>
  Option.all([length, result.duration]).pipe(
    Option.filter(
      ([expected, actual]) =>
        expected - actual > Math.max(tolerance.missing, SHARE * expected) ||
        actual - expected > Math.max(tolerance.excess, SHARE * expected)
    ),
    Option.map(([expected, actual]) => `The result lasts ${seconds(actual)} although ${whatItIs} ${seconds(expected)}.`)
  )

const seconds = (value: number): string => `${Math.round(value * 10) / 10} s`
