import { readdirSync, truncateSync } from "node:fs"
import { join } from "node:path"
import type { MediaCutter } from "@runner-connector/core"
import { Ffmpeg, FfmpegError, NativeFfmpeg } from "@runner-connector/ffmpeg"
import { Effect, Layer } from "effect"
import * as FfmpegCutter from "../../src/FfmpegCutter.ts"

const isChunk = (name: string): boolean => name.endsWith(".mp4")

/** Damages the first chunk in the folder, as the file that FFmpeg writes when the disk becomes full. */
const damage = (folder: string): void =>
  readdirSync(folder)
    .filter(isChunk)
    .sort()
    .slice(0, 1)
    .forEach((name) => truncateSync(join(folder, name), 1000))

/** Lists a damaged chunk, and fails a moment later, when somebody may have looked at it. */
const failing = (native: Ffmpeg["Type"]): Ffmpeg["Type"] => ({
  ...native,
  ffmpeg: (command) =>
    Effect.gen(function* () {
      const { onProgress, ...rest } = command
      const result = yield* native.ffmpeg(rest)
      if (onProgress === undefined) return result
      damage(String(command.outputDirectory))
      yield* onProgress(1)
      const [input] = command.inputs
      if (input !== undefined && "path" in input) yield* native.ffprobe({ input, arguments: [], timeout: "1 minute" })
      const cause = new Error("No space left on device")
      return yield* new FfmpegError({ program: "ffmpeg", reason: "crash", cause })
    })
})

/** The cutter on a machine whose disk becomes full while it cuts. */
export const onFullDisk: Layer.Layer<MediaCutter.MediaCutter, FfmpegError> = FfmpegCutter.layer.pipe(
  Layer.provide(Layer.effect(Ffmpeg, Effect.map(Ffmpeg, failing))),
  Layer.provide(NativeFfmpeg.layer)
)
