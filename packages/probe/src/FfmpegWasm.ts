import type { MediaProbe } from "@runner-connector/core"
import { type FfmpegError, WasmFfmpeg } from "@runner-connector/ffmpeg"
import { Layer } from "effect"
import * as FfmpegProbe from "./FfmpegProbe.ts"

/**
 * Looks into files with ffmpeg.wasm; fails when `@ffmpeg/core` is not installed. The engine is the probe's own: a
 * look must not wait for the workers that somebody else keeps busy with hours of transcoding.
 */
export const layerWith = (options: FfmpegProbe.ProbeOptions): Layer.Layer<MediaProbe.MediaProbe, FfmpegError> =>
  Layer.provide(FfmpegProbe.layerWith(options), Layer.fresh(WasmFfmpeg.layer))

/** `layerWith` and its defaults. */
export const layer: Layer.Layer<MediaProbe.MediaProbe, FfmpegError> = layerWith({})
