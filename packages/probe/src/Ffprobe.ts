import { type FfmpegError, NativeFfmpeg } from "@runner-connector/ffmpeg"
import { Layer } from "effect"
import type { ProbeOptions } from "./ProbeOptions.ts"
import * as Ports from "./ports.ts"

/** Looks into files with the `ffprobe` and `ffmpeg` of this machine; fails when they are not on PATH. */
export const layerWith = (options: ProbeOptions): Layer.Layer<Ports.MediaPorts, FfmpegError> =>
  Layer.provide(Ports.layerWith(options), NativeFfmpeg.layer)

/** `layerWith` and its defaults. */
export const layer: Layer.Layer<Ports.MediaPorts, FfmpegError> = layerWith({})
