import type { MediaCutter, MediaProbe, MediaRemuxer } from "@runner-connector/core"
import type { Ffmpeg } from "@runner-connector/ffmpeg"
import { Layer } from "effect"
import * as FfmpegCutter from "./FfmpegCutter.ts"
import * as FfmpegProbe from "./FfmpegProbe.ts"
import * as FfmpegRemuxer from "./FfmpegRemuxer.ts"
import type { ProbeOptions } from "./ProbeOptions.ts"

/** The ports of this package. */
export type MediaPorts = MediaProbe.MediaProbe | MediaRemuxer.MediaRemuxer | MediaCutter.MediaCutter

/** All ports of this package with one FFmpeg. */
export const layerWith = (options: ProbeOptions): Layer.Layer<MediaPorts, never, Ffmpeg> =>
  Layer.mergeAll(FfmpegProbe.layerWith(options), FfmpegRemuxer.layerWith(options), FfmpegCutter.layerWith(options))
