import { type FfmpegError, WasmFfmpeg } from "@runner-connector/ffmpeg"
import { Layer } from "effect"
import type { ProbeOptions } from "./ProbeOptions.ts"
import * as Ports from "./ports.ts"

/**
 * Looks into files with ffmpeg.wasm; fails when `@ffmpeg/core` is not installed. The engine is the probe's own: a
 * look must not wait for the workers that somebody else keeps busy with hours of transcoding.
 */
export const layerWith = (options: ProbeOptions): Layer.Layer<Ports.MediaPorts, FfmpegError> =>
  Layer.provide(Ports.layerWith(options), Layer.fresh(WasmFfmpeg.layer))

/** `layerWith` and its defaults. */
export const layer: Layer.Layer<Ports.MediaPorts, FfmpegError> = layerWith({})
