import { Array as Arr, Either } from "effect"
import type { GraphSettings } from "../job/GraphNode.ts"
import { type FrameRateTooLow, outputFps } from "../media/FrameRates.ts"
import type { MediaSummary } from "../media/MediaSummary.ts"
import { enabledResolutions, type Rung, toEven } from "../media/Resolutions.ts"

const sound: Rung = { resolution: 0, fps: 0 }

/**
 * The renditions to request for a live stream. A stream with a picture gets at least one rendition with a picture, in
 * its own size when no enabled one fits. Audio is listed exactly once when the stream has audio. Runners wait for as
 * many playlists as this list has entries, so a wrong number would keep the live from starting.
 */
export const toTranscode = (options: {
  readonly source: Pick<MediaSummary, "fps" | "hasAudio" | "hasVideo" | "height" | "width">
  readonly settings: GraphSettings
}): Either.Either<ReadonlyArray<Rung>, FrameRateTooLow> => {
  const { settings, source } = options
  if (!source.hasVideo) return Either.right(source.hasAudio ? [sound] : [])
  const resolutions = liveResolutions(options)
  const input = toEven(Math.min(source.width, source.height))
  return Either.all(
    resolutions.map((resolution) =>
      Either.map(
        outputFps({ inputFps: source.fps, resolution, isOriginResolution: resolution === input, settings }),
        (fps): Rung => ({ resolution, fps })
      )
    )
  )
}

const liveResolutions = ({ settings, source }: Parameters<typeof toTranscode>[0]): ReadonlyArray<number> => {
  const input = Math.min(source.width, source.height)
  const fitting = enabledResolutions({
    input,
    enabled: settings.resolutions,
    hasAudio: source.hasAudio,
    strictlyLower: false,
    includeInput: settings.alwaysTranscodeOriginalResolution
  })
  const pictures = fitting.some((resolution) => resolution > 0) ? fitting : [...fitting, toEven(input)]
  return source.hasAudio ? Arr.dedupe([...pictures, 0]) : pictures
}

/**
 * The content of each variant by the number that begins the names of its files: audio first when it is separate, then
 * the pictures in the requested order.
 */
export const variantsOf = (asked: ReadonlyArray<Rung>): ReadonlyArray<Rung> => {
  const [pictures, sounds] = Arr.partition(asked, ({ resolution }) => resolution === 0)
  return [...sounds, ...pictures]
}
