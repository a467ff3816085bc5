import { AutoFfmpeg, type FfmpegError } from "@runner-connector/ffmpeg"
import { Layer } from "effect"
import type { ProbeOptions } from "./ProbeOptions.ts"
import * as Ports from "./ports.ts"

/**
 * Looks into files with the FFmpeg of this machine when it is on PATH, otherwise with ffmpeg.wasm. Which is logged once,
 * together with `AutoFfmpeg.layer` where that is built too. Workers of ffmpeg.wasm are the probe's own: a look must not
 * wait for those that somebody else keeps busy with transcoding.
 */
export const layerWith = (options: ProbeOptions): Layer.Layer<Ports.MediaPorts, FfmpegError> =>
  Layer.provide(Ports.layerWith(options), AutoFfmpeg.layerApart)

/** `layerWith` and its defaults. */
export const layer: Layer.Layer<Ports.MediaPorts, FfmpegError> = layerWith({})
