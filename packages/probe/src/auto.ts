import type { MediaProbe } from "@runner-connector/core"
import { AutoFfmpeg, type FfmpegError } from "@runner-connector/ffmpeg"
import { Layer } from "effect"
import * as FfmpegProbe from "./FfmpegProbe.ts"

/**
 * Looks into files with the FFmpeg of this machine when it is on PATH, otherwise with ffmpeg.wasm; logs once which.
 * The engine is the probe's own: a look must not wait for workers that somebody else keeps busy with transcoding.
 */
export const layerWith = (options: FfmpegProbe.ProbeOptions): Layer.Layer<MediaProbe.MediaProbe, FfmpegError> =>
  Layer.provide(FfmpegProbe.layerWith(options), Layer.fresh(AutoFfmpeg.layer))

/** `layerWith` and its defaults. */
export const layer: Layer.Layer<MediaProbe.MediaProbe, FfmpegError> = layerWith({})
