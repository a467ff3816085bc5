import { Ffmpeg, FfmpegFailed } from "@runner-connector/ffmpeg"
import { Effect } from "effect"
import { hardware } from "./hardware.ts"
import { software } from "./software.ts"
import { type EncoderName, encoderArguments, type VideoEncoder } from "./VideoEncoder.ts"

/** An encoder by name, and the device that it uses. */
export interface EncoderChoice {
  readonly name: EncoderName
  /** A render node for VAAPI and Quick Sync, the number of a GPU for NVENC. The first one by default. */
  readonly device?: string | undefined
}

/** Larger than the smallest picture of every hardware encoder. */
const SAMPLE = "testsrc2=size=640x360:rate=25:duration=1"
const SAMPLE_CODING = { fps: 25, limit: { maxrate: 1_000_000, bufsize: 2_000_000 } }

/** A driver that hangs must not keep the runner from starting. */
const TEST_TIMEOUT = "30 seconds"

/** The arguments of a command that encodes one second of a test picture. */
export const testArguments = (encoder: VideoEncoder): ReadonlyArray<string> => [
  ...["-loglevel", "error", ...encoder.device],
  ...["-f", "lavfi", "-i", SAMPLE, "-vf", encoder.filters.join(",")],
  ...encoderArguments(encoder, SAMPLE_CODING),
  ...["-f", "null", "-"]
]

/** The last line is only a summary of FFmpeg. The cause is in the lines before it. */
const causeOf = (error: { readonly message: string }): string =>
  error instanceof FfmpegFailed ? error.log.slice(-4).join("; ") : error.message

/**
 * Tests the encoder by encoding one second. Returns libx264 and logs the cause when the encoder does not work, or when
 * the engine is ffmpeg.wasm, which has no access to hardware.
 */
export const selectEncoder = ({ device, name }: EncoderChoice): Effect.Effect<VideoEncoder, never, Ffmpeg> =>
  Effect.gen(function* () {
    const { engine, ffmpeg } = yield* Ffmpeg
    const fallback = software(engine)
    if (name === "libx264") return fallback
    const useFallback = (cause: string) =>
      Effect.as(Effect.logWarning(`${name} does not work here, so ${fallback.name} is used`, cause), fallback)
    if (engine === "wasm") return yield* useFallback("ffmpeg.wasm has no access to hardware: install FFmpeg")
    const encoder = hardware(name, device)
    return yield* ffmpeg({ inputs: [], arguments: () => testArguments(encoder), timeout: TEST_TIMEOUT }).pipe(
      Effect.as(encoder),
      Effect.catchAll((error) => useFallback(causeOf(error)))
    )
  })
