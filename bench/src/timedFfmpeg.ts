import { performance } from "node:perf_hooks"
import { Ffmpeg, type FfmpegCommand, type FfmpegError } from "@runner-connector/ffmpeg"
import { Effect, Layer } from "effect"

/** A run of `ffmpeg` whose files can be replaced. */
export interface Encoding {
  /** `{input}` and `{output}/` stand for the source and for the folder of the outputs. */
  readonly arguments: ReadonlyArray<string>
  readonly seconds: number
}

const template = (command: FfmpegCommand): ReadonlyArray<string> =>
  command.arguments({ input: () => "{input}", output: (name) => `{output}/${name}` })

/** FFmpeg that notes its encodings. Runs of `ffprobe` are no encodings. */
export const timed = (
  encodings: Array<Encoding>,
  ffmpegLayer: Layer.Layer<Ffmpeg, FfmpegError>
): Layer.Layer<Ffmpeg, FfmpegError> =>
  Layer.effect(
    Ffmpeg,
    Effect.map(Ffmpeg, (engine) => ({
      ...engine,
      ffmpeg: (command: FfmpegCommand) =>
        Effect.suspend(() => {
          const began = performance.now()
          return Effect.tap(engine.ffmpeg(command), () => {
            encodings.push({ arguments: template(command), seconds: (performance.now() - began) / 1000 })
          })
        })
    }))
  ).pipe(Layer.provide(ffmpegLayer))
