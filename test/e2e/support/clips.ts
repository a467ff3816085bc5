import { join } from "node:path"
import { AutoFfmpeg, Ffmpeg, type FfmpegError, type FfmpegFailed } from "@runner-connector/ffmpeg"
import { Effect, Layer, Logger, LogLevel } from "effect"

/** FFmpeg for the tests: native or ffmpeg.wasm. */
export const Engine: Layer.Layer<Ffmpeg, FfmpegError> = Layer.provide(
  AutoFfmpeg.layer,
  Logger.minimumLogLevel(LogLevel.Warning)
)

export { fixturePath as fixture } from "@runner-connector/contracts/media"

export interface Clip {
  /** In FFmpeg's format: `1280x720`. */
  readonly size: string
  readonly seconds: number
  readonly fps?: number
  readonly sound?: boolean
  /** FFmpeg's name of the encoder of the sound. The default is AAC. */
  readonly audioCodec?: string
  /** Seconds between two keyframes. The default is about ten. */
  readonly keyframes?: number
  /** Hue rotation in degrees, for a distinguishable clip. */
  readonly hue?: number
}

/** Writes a moving test picture with a tone into the folder and returns the path. */
export const makeClip = (
  folder: string,
  name: string,
  { audioCodec = "aac", fps = 24, hue, keyframes, seconds, size, sound = true }: Clip
): Effect.Effect<string, FfmpegFailed | FfmpegError, Ffmpeg> =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    const tone = ["-f", "lavfi", "-i", `sine=frequency=440:duration=${seconds}`, "-c:a", audioCodec]
    yield* ffmpeg({
      inputs: [],
      outputDirectory: folder,
      arguments: ({ output }) => [
        ...[
          "-f",
          "lavfi",
          "-i",
          `testsrc2=size=${size}:rate=${fps}:duration=${seconds}${hue === undefined ? "" : `,hue=h=${hue}`}`
        ],
        ...(sound ? tone : []),
        ...(keyframes === undefined ? [] : ["-g", String(fps * keyframes), "-sc_threshold", "0"]),
        ...["-c:v", "libx264", "-preset", "ultrafast", "-crf", "30", "-pix_fmt", "yuv420p", output(name)]
      ]
    })
    return join(folder, name)
  })
