import { Either, Option, Schema } from "effect"
import type { MediaSummary } from "../media/MediaSummary.ts"
import type { Storyboard } from "../storyboard/Storyboard.ts"
import { pictureStream } from "./MediaFacts.ts"
import type { ProbeReport } from "./ProbeReport.ts"

/** The result differs from the request. The message is a sentence with the difference. */
export class UnexpectedResult extends Schema.TaggedError<UnexpectedResult>()("UnexpectedResult", {
  message: Schema.String,
  /** Duration of the result in seconds, if the duration is the fault. */
  duration: Schema.optional(Schema.Number)
}) {}

/** The requested result. */
export interface Asked {
  /** Short side in pixels. 0 for sound alone. */
  readonly resolution: number
  /** The audio has a rendition of its own, and this one has none. */
  readonly separatedAudio?: boolean
}

const PIXELS = 2
const SECONDS = 1
const SHARE = 0.05
/** FFmpeg notices the end of the audio under a still picture late, and encodes some more seconds of the picture. */
const MERGE_EXCESS = 10

/** Durations in seconds that two attempts agree on. */
const AGREEMENT = 0.5

/** A result and what it was made from. */
export interface Compared {
  readonly source: MediaSummary
  readonly result: MediaSummary
  /**
   * Seconds of earlier results that were refused for their duration. A result that agrees with one of them is accepted:
   * two attempts do not make the same mistake, so the duration of the source was wrong.
   */
  readonly refused?: ReadonlyArray<number>
}

/** The fault of a result, and its duration if that is the fault. */
type Complaint = Pick<UnexpectedResult, "message" | "duration">

const complaint = (message: string): Option.Option<Complaint> => Option.some({ message })

/** No complaint, or the first one. */
const verdict = (complaints: ReadonlyArray<Option.Option<Complaint>>): Either.Either<void, UnexpectedResult> =>
  Option.match(Option.firstSomeOf(complaints), {
    onNone: () => Either.void,
    onSome: (found) => Either.left(new UnexpectedResult(found))
  })

/**
 * Compares a rendition with the request: it is media, has the requested video and audio, a short side within 2 pixels,
 * and a duration within a second or 5 % of that of the source, whichever is more, when both are known. No track may end
 * earlier than in the source. Where one track of several was requested, the other one may have been longer.
 */
export const checkRendition = (options: Compared & { readonly asked: Asked }): Either.Either<void, UnexpectedResult> =>
  verdict([
    options.asked.resolution === 0 ? wrongSound(options.result) : wrongPicture(options),
    differsFromSource(options, isOneTrackOf(options) ? { ...usual, missing: Number.POSITIVE_INFINITY } : usual),
    options.asked.resolution === 0 ? Option.none() : isCutOff("picture", options),
    options.asked.separatedAudio === true && options.asked.resolution > 0 ? Option.none() : isCutOff("sound", options)
  ])

const isOneTrackOf = ({ asked, source }: { readonly asked: Asked; readonly source: MediaSummary }): boolean =>
  source.hasVideo && source.hasAudio && (asked.separatedAudio === true || asked.resolution === 0)

/**
 * Compares a merge of audio and a still picture with the audio. Its size is that of the picture. It may be some seconds
 * longer.
 */
export const checkMerge = (options: Compared): Either.Either<void, UnexpectedResult> =>
  verdict([
    options.result.hasVideo && options.result.hasAudio
      ? Option.none()
      : complaint("The result has not both video and sound."),
    differsFromSource(options, { ...usual, excess: MERGE_EXCESS })
  ])

/**
 * Compares an edited video with the expected result of its tasks: it has video, and the expected duration with the same
 * tolerance.
 */
export const checkEdited = (options: {
  readonly expected: Option.Option<number>
  readonly result: MediaSummary
  readonly refused?: ReadonlyArray<number>
}): Either.Either<void, UnexpectedResult> =>
  verdict([
    options.result.hasVideo ? Option.none() : complaint("The edited file has no video."),
    wrongDuration({
      ...{ expected: options.expected, actual: options.result.duration, refused: options.refused },
      ...{ tolerance: usual, expectation: "the tasks should leave" }
    })
  ])

/**
 * Compares a storyboard with the request: a JPEG as large as all of its tiles, within one pixel for each tile. With any
 * other size players would show parts of two tiles.
 */
export const checkStoryboard = (
  { grid, sprite }: Pick<Storyboard, "grid" | "sprite">,
  report: ProbeReport
): Either.Either<void, UnexpectedResult> => {
  const picture = Option.filter(pictureStream(report), (stream) => stream.codec_name === "mjpeg")
  if (Option.isNone(picture)) return verdict([complaint("The storyboard is no JPEG picture.")])
  const { height = 0, width = 0 } = picture.value
  const fits = (actual: number, tile: number, count: number): boolean => Math.abs(actual - tile * count) <= count
  if (fits(width, sprite.width, grid.width) && fits(height, sprite.height, grid.height)) return Either.void
  const asked = `${sprite.width * grid.width}x${sprite.height * grid.height}`
  return verdict([complaint(`The storyboard is ${width}x${height} although ${asked} was requested.`)])
}

const NOTHING = "The result has neither video nor sound."

const wrongSound = (result: MediaSummary): Option.Option<Complaint> => {
  if (result.hasVideo) return complaint("The result has video although audio alone was requested.")
  return result.hasAudio ? Option.none() : complaint(NOTHING)
}

const wrongPicture = ({ asked, result, source }: Compared & { readonly asked: Asked }): Option.Option<Complaint> => {
  const { height, width } = result
  const although = `although ${asked.resolution}p was requested.`
  if (!result.hasVideo) return complaint(result.hasAudio ? `The result has no video ${although}` : NOTHING)
  if (Math.abs(Math.min(width, height) - asked.resolution) > PIXELS) {
    return complaint(`The result is ${width}x${height} ${although}`)
  }
  if (asked.separatedAudio === true) {
    return result.hasAudio ? complaint("The result has sound although video alone was requested.") : Option.none()
  }
  return source.hasAudio && !result.hasAudio
    ? complaint("The result has no sound although the source has.")
    : Option.none()
}

/** The seconds that may be missing or superfluous, where that is more than the share. */
interface Tolerance {
  readonly missing: number
  readonly excess: number
}

const usual: Tolerance = { missing: SECONDS, excess: SECONDS }

const differsFromSource = ({ refused, result, source }: Compared, tolerance: Tolerance): Option.Option<Complaint> =>
  wrongDuration({
    ...{ expected: source.duration, actual: result.duration, refused, tolerance },
    expectation: "the source lasts"
  })

/** A track that ends well before that of the source does. */
const isCutOff = (track: "picture" | "sound", { refused, result, source }: Compared): Option.Option<Complaint> => {
  const lengthOf = ({ heard, shown }: MediaSummary): Option.Option<number> =>
    Option.map(Option.fromNullable(track === "picture" ? shown : heard), ({ end, start }) => end - start)
  return wrongDuration({
    ...{ expected: lengthOf(source), actual: lengthOf(result), refused },
    ...{ tolerance: { ...usual, excess: Number.POSITIVE_INFINITY }, expectation: `the ${track} of the source lasts` }
  })
}

const isWithin = (expected: number, actual: number, { excess, missing }: Tolerance): boolean =>
  expected - actual <= Math.max(missing, SHARE * expected) && actual - expected <= Math.max(excess, SHARE * expected)

/** Whether two durations in seconds count as equal: within a second or 5 %. */
export const isSameDuration = (expected: number, actual: number): boolean => isWithin(expected, actual, usual)

const wrongDuration = (options: {
  readonly expected: Option.Option<number>
  readonly actual: Option.Option<number>
  readonly refused: ReadonlyArray<number> | undefined
  readonly tolerance: Tolerance
  readonly expectation: string
}): Option.Option<Complaint> =>
  Option.all([options.expected, options.actual]).pipe(
    Option.filter(([expected, actual]) => !isWithin(expected, actual, options.tolerance)),
    Option.filter(([, actual]) => !options.refused?.some((earlier) => Math.abs(earlier - actual) <= AGREEMENT)),
    Option.map(([expected, actual]) => ({
      message: `The result lasts ${seconds(actual)} although ${options.expectation} ${seconds(expected)}.`,
      duration: actual
    }))
  )

const seconds = (value: number): string => `${Math.round(value * 10) / 10} s`
