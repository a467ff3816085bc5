import { type FfmpegError, WasmFfmpeg } from "@runner-connector/ffmpeg"
import { Layer } from "effect"
import type { ProbeOptions } from "./ProbeOptions.ts"
import * as Ports from "./ports.ts"

/**
 * Probes files with ffmpeg.wasm. Fails when `@ffmpeg/core` is not installed. The probe has its own engine, so that it
 * does not wait for workers that transcode for hours.
 */
export const layerWith = (options: ProbeOptions): Layer.Layer<Ports.MediaPorts, FfmpegError> =>
  Layer.provide(Ports.layerWith(options), Layer.fresh(WasmFfmpeg.layer))

/** `layerWith` with default options. */
export const layer: Layer.Layer<Ports.MediaPorts, FfmpegError> = layerWith({})
