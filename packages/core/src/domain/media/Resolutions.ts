import { Array as Arr, Either, Order } from "effect"
import type { MediaSummary } from "../media/MediaSummary.ts"
import type { TranscodingSettings } from "../video/TranscodingSettings.ts"
import { outputFps } from "./FrameRates.ts"

/** Encoders require even sides: an odd number of pixels grows by one. */
export const toEven = (pixels: number): number => pixels + (pixels % 2)

/** The order in which renditions are made unless other rules apply: the most watched resolutions come early. */
const processingOrder: ReadonlyArray<number> = [0, 480, 360, 720, 240, 144, 1080, 1440, 2160]

/** The enabled resolutions that fit the source, in processing order. Audio only (0) requires audio in the source. */
export const enabledResolutions = (options: {
  /** The short side of the source. */
  readonly input: number
  readonly enabled: ReadonlyArray<number>
  readonly hasAudio: boolean
  /** Leaves out the resolution of the source itself. */
  readonly strictlyLower: boolean
  /** Adds the resolution of the source at the end, made even. */
  readonly includeInput?: boolean
}): ReadonlyArray<number> => {
  const fits = (resolution: number): boolean =>
    options.enabled.includes(resolution) &&
    (options.strictlyLower ? resolution < options.input : resolution <= options.input) &&
    (resolution !== 0 || options.hasAudio)
  const own = options.includeInput === true ? [toEven(options.input)] : []
  return Arr.dedupe([...processingOrder.filter(fits), ...own])
}

/** The largest rendition to make: the size of the source when that is requested or no smaller one is enabled. */
export const resolutionOfRoot = (options: {
  readonly input: number
  readonly enabled: ReadonlyArray<number>
  readonly alwaysTranscodeOriginal: boolean
}): number => {
  const fitting = options.enabled.filter((resolution) => resolution > 0 && resolution <= options.input)
  return options.alwaysTranscodeOriginal || fitting.length === 0 ? toEven(options.input) : Math.max(...fitting)
}

/** One rendition to request: the short side in pixels and whole frames a second, both 0 for audio only. */
export interface Rung {
  readonly resolution: number
  readonly fps: number
}

/**
 * The renditions to make of a source, lowest first and at least one: each enabled resolution that is no larger than the
 * source, and the size of the source when that is requested or no enabled resolution fits. No rendition is larger than
 * the source, except by the one pixel that makes its size even.
 */
export const ladder = (options: {
  readonly settings: Pick<TranscodingSettings, "resolutions" | "alwaysTranscodeOriginalResolution" | "fps">
  readonly source: MediaSummary
}): ReadonlyArray<Rung> => {
  const { settings, source } = options
  if (!source.hasVideo) return [{ resolution: 0, fps: 0 }]

  const input = Math.min(source.width, source.height)
  const root = resolutionOfRoot({
    input,
    enabled: settings.resolutions,
    alwaysTranscodeOriginal: settings.alwaysTranscodeOriginalResolution
  })
  const lower = settings.resolutions.filter((resolution) => resolution <= input)
  return Arr.sort(Arr.dedupe([...lower, root]), Order.number).map((resolution) => ({
    resolution,
    fps: Either.getOrElse(
      outputFps({ inputFps: source.fps, resolution, isOriginResolution: resolution === toEven(input), settings }),
      () => settings.fps.min
    )
  }))
}
