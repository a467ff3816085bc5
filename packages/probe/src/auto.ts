import { AutoFfmpeg, type FfmpegError } from "@runner-connector/ffmpeg"
import { Layer } from "effect"
import type { ProbeOptions } from "./ProbeOptions.ts"
import * as Ports from "./ports.ts"

/**
 * Probes files with native FFmpeg when it is on PATH, otherwise with ffmpeg.wasm. The choice is logged once, together
 * with `AutoFfmpeg.layer` where that is built too. The probe has its own workers of ffmpeg.wasm, so that it does not
 * wait for workers that transcode.
 */
export const layerWith = (options: ProbeOptions): Layer.Layer<Ports.MediaPorts, FfmpegError> =>
  Layer.provide(Ports.layerWith(options), AutoFfmpeg.layerApart)

/** `layerWith` with default options. */
export const layer: Layer.Layer<Ports.MediaPorts, FfmpegError> = layerWith({})
