import type { MediaProbe } from "@runner-connector/core"
import { type FfmpegError, NativeFfmpeg } from "@runner-connector/ffmpeg"
import { Layer } from "effect"
import * as FfmpegProbe from "./FfmpegProbe.ts"

/** Looks into files with the `ffprobe` and `ffmpeg` of this machine; fails when they are not on PATH. */
export const layerWith = (options: FfmpegProbe.ProbeOptions): Layer.Layer<MediaProbe.MediaProbe, FfmpegError> =>
  Layer.provide(FfmpegProbe.layerWith(options), NativeFfmpeg.layer)

/** `layerWith` and its defaults. */
export const layer: Layer.Layer<MediaProbe.MediaProbe, FfmpegError> = layerWith({})
