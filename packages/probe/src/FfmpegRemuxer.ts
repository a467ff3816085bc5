import { MediaProbe, MediaRemuxer, spanned } from "@runner-connector/core"
import { Ffmpeg, FfmpegError } from "@runner-connector/ffmpeg"
import { Effect, Layer, type Scope } from "effect"
import { inputOf } from "./mediaInput.ts"
import { defaults, type ProbeOptions } from "./ProbeOptions.ts"
import * as Refusal from "./refusals.ts"
import { type Part, remux } from "./remux.ts"
import { layerSweeping } from "./temporaryFolder.ts"

const partOf = ({ source, ...tracks }: MediaRemuxer.RemuxInput): Effect.Effect<Part, MediaProbe.UnreadableMedia> => {
  const input = inputOf(source)
  return "live" in input ? Refusal.notForMp4() : Effect.succeed({ input, ...tracks })
}

const make = (options: ProbeOptions) =>
  Effect.gen(function* () {
    const ffmpeg = yield* Ffmpeg
    const turns = yield* Effect.makeSemaphore(options.maxConcurrent ?? defaults.maxConcurrent)

    const limited = <A, E>(
      work: Effect.Effect<A, E | FfmpegError, Ffmpeg | Scope.Scope>
    ): Effect.Effect<A, E | MediaProbe.ProbeError, Scope.Scope> =>
      work.pipe(
        Effect.timeoutFail({
          duration: options.remuxTimeout ?? defaults.remuxTimeout,
          onTimeout: () =>
            new FfmpegError({ program: "ffmpeg", reason: "timeout", cause: new Error("the time limit was reached") })
        }),
        Effect.catchIf(
          (error): error is FfmpegError => error instanceof FfmpegError,
          (cause) => new MediaProbe.ProbeError({ operation: "remux", cause })
        ),
        turns.withPermits(1),
        Effect.provideService(Ffmpeg, ffmpeg)
      )

    return MediaRemuxer.MediaRemuxer.of({
      toMp4: spanned("MediaRemuxer.toMp4")(function* (inputs) {
        const [first, ...others] = inputs
        const parts = [yield* partOf(first), ...(yield* Effect.forEach(others, partOf))] as const
        return yield* limited(Effect.catchTag(remux(parts), "FfmpegFailed", Refusal.notForMp4))
      })
    })
  })

/** Remuxes media into MP4 with the given FFmpeg. */
export const layerWith = (options: ProbeOptions): Layer.Layer<MediaRemuxer.MediaRemuxer, never, Ffmpeg> =>
  Layer.merge(Layer.effect(MediaRemuxer.MediaRemuxer, make(options)), layerSweeping)

/** `layerWith` with default options. */
export const layer: Layer.Layer<MediaRemuxer.MediaRemuxer, never, Ffmpeg> = layerWith({})
