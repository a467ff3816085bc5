import { CannotCut, MediaCutter, MediaProbe, type MediaRemuxer } from "@runner-connector/core"
import { Ffmpeg, type FfmpegError, type FfmpegFailed } from "@runner-connector/ffmpeg"
import { Array as Arr, Effect, Layer, Stream } from "effect"
import { audioRendition } from "./cut/audioRendition.ts"
import { isCuttable } from "./cut/codecs.ts"
import { examine } from "./cut/examine.ts"
import { localCopy } from "./cut/localCopy.ts"
import { segments } from "./cut/segments.ts"
import { inputOf } from "./mediaInput.ts"
import { defaults, type ProbeOptions } from "./ProbeOptions.ts"
import { type Part, remux } from "./remux.ts"
import { layerSweeping } from "./temporaryFolder.ts"

type Failure = CannotCut | FfmpegFailed | FfmpegError

/** A failed copy is a fault of the file, not of FFmpeg. */
const blame = (error: Failure): CannotCut | MediaProbe.ProbeError => {
  if (error._tag === "CannotCut") return error
  return error._tag === "FfmpegFailed"
    ? new CannotCut({ reason: "container" })
    : new MediaProbe.ProbeError({ operation: "cut", cause: error })
}

const partOf = ({ source, ...tracks }: MediaRemuxer.RemuxInput): Effect.Effect<Part, CannotCut> => {
  const input = inputOf(source)
  return "live" in input ? Effect.fail(new CannotCut({ reason: "container" })) : Effect.succeed({ input, ...tracks })
}

/** Copies the track into MP4 or, if that cannot hold it, into QuickTime, which also holds uncompressed audio. */
const audioOf = (from: MediaRemuxer.RemuxInput) =>
  Effect.flatMap(partOf(from), (part) =>
    Effect.catchTag(remux([part], "mp4"), "FfmpegFailed", () => remux([part], "mov"))
  )

const make = (options: ProbeOptions) =>
  Effect.gen(function* () {
    const ffmpeg = yield* Ffmpeg
    const timeout = options.remuxTimeout ?? defaults.remuxTimeout
    const withFfmpeg = Effect.provideService(Ffmpeg, ffmpeg)

    return MediaCutter.MediaCutter.of({
      local: (source) =>
        source._tag === "Path" ? Effect.succeed(source.path) : Effect.mapError(localCopy(source.url), blame),
      examine: (input, until) =>
        isCuttable(input.codec)
          ? Effect.scoped(examine(input, { timeout, until })).pipe(Effect.mapError(blame), withFfmpeg)
          : Effect.fail(new CannotCut({ reason: "codec" })),
      cut: (input, { from, isBeginning = false, plan }) =>
        Arr.match(plan.slice(from), {
          onEmpty: () => Stream.empty,
          onNonEmpty: (wanted) =>
            segments(input, wanted, { isBeginning, timeout }).pipe(
              Stream.mapError(blame),
              Stream.provideService(Ffmpeg, ffmpeg)
            )
        }),
      audio: (input) => audioOf(input).pipe(Effect.mapError(blame), withFfmpeg),
      audioRendition: (input) =>
        Effect.flatMap(partOf(input), (part) => audioRendition(part, timeout)).pipe(Effect.mapError(blame), withFfmpeg)
    })
  })

/**
 * Cuts sources with the given FFmpeg, if it is native. Cuts nothing with ffmpeg.wasm, which keeps its output in memory
 * until the end.
 */
export const layerWith = (options: ProbeOptions): Layer.Layer<MediaCutter.MediaCutter, never, Ffmpeg> =>
  Layer.merge(
    Layer.unwrapEffect(
      Effect.map(Ffmpeg, ({ engine }) =>
        engine === "native" ? Layer.effect(MediaCutter.MediaCutter, make(options)) : MediaCutter.layerNone
      )
    ),
    layerSweeping
  )

/** `layerWith` with default options. */
export const layer: Layer.Layer<MediaCutter.MediaCutter, never, Ffmpeg> = layerWith({})
