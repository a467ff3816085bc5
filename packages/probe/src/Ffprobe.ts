import { type FfmpegError, NativeFfmpeg } from "@runner-connector/ffmpeg"
import { Layer } from "effect"
import type { ProbeOptions } from "./ProbeOptions.ts"
import * as Ports from "./ports.ts"

/** Probes files with native `ffprobe` and `ffmpeg`. Fails when they are not on PATH. */
export const layerWith = (options: ProbeOptions): Layer.Layer<Ports.MediaPorts, FfmpegError> =>
  Layer.provide(Ports.layerWith(options), NativeFfmpeg.layer)

/** `layerWith` with default options. */
export const layer: Layer.Layer<Ports.MediaPorts, FfmpegError> = layerWith({})
