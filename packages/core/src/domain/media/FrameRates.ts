import { Array as Arr, Either, Order, Schema } from "effect"
import type { TranscodingSettings } from "../video/TranscodingSettings.ts"

/** Fewer than one frame in ten seconds: too few for a video. */
export class FrameRateTooLow extends Schema.TaggedError<FrameRateTooLow>()("FrameRateTooLow", {
  fps: Schema.Number
}) {
  override get message(): string {
    return `A video of ${this.fps} frames a second cannot be transcoded`
  }
}

const LOWEST = 0.1

/**
 * The frame rate to request for a rendition: 0 for audio only. Small renditions of fast videos get a standard rate. All
 * renditions except the one in the resolution of the source are limited to the maximum. An unknown input rate (0)
 * counts as the average.
 */
export const outputFps = (options: {
  readonly inputFps: number
  readonly resolution: number
  readonly isOriginResolution: boolean
  readonly settings: Pick<TranscodingSettings, "fps">
}): Either.Either<number, FrameRateTooLow> => {
  const { inputFps, isOriginResolution, resolution } = options
  const { average, hdStandard, keepOriginFpsResolutionMin, max, min, standard } = options.settings.fps
  if (resolution === 0) return Either.right(0)

  const usual = Math.min(average, max)
  const input = inputFps === 0 ? usual : inputFps
  if (input < LOWEST) return Either.left(new FrameRateTooLow({ fps: inputFps }))

  const isSmall = !isOriginResolution && resolution < keepOriginFpsResolutionMin
  const calmed = isSmall && input > usual ? closest(input, upTo(max, standard)) : input
  const raised = Math.max(calmed, min)
  return Either.right(!isOriginResolution && raised > max ? closest(raised, upTo(max, [...hdStandard, max])) : raised)
}

const upTo = (max: number, rates: ReadonlyArray<number>): Arr.NonEmptyReadonlyArray<number> => {
  const allowed = rates.filter((rate) => rate <= max)
  return Arr.isNonEmptyReadonlyArray(allowed) ? allowed : [max]
}

/** The rate that drops frames most evenly: the one with the smallest remainder, and of equal ones the largest. */
const closest = (fps: number, rates: Arr.NonEmptyReadonlyArray<number>): number =>
  Arr.min(
    rates,
    Order.combine(
      Order.mapInput(Order.number, (rate: number) => fps % rate),
      Order.reverse(Order.number)
    )
  )
