import { Context, Effect, Layer } from "effect"
import { Ffmpeg, type FfmpegError } from "./Ffmpeg.ts"
import * as NativeFfmpeg from "./NativeFfmpeg.ts"
import * as WasmFfmpeg from "./WasmFfmpeg.ts"

/** Uses the native programs when both are on PATH and run, otherwise ffmpeg.wasm. Logs the choice once. */
export const layer: Layer.Layer<Ffmpeg, FfmpegError> = NativeFfmpeg.layer.pipe(
  Layer.catchAll((why) =>
    Layer.provideMerge(Layer.effectDiscard(Effect.logDebug("No native FFmpeg", why.message)), WasmFfmpeg.layer)
  ),
  Layer.tap((context) => {
    const { engine, version } = Context.get(context, Ffmpeg)
    return Effect.logInfo(engine === "native" ? `Using FFmpeg ${version}` : `Using ffmpeg.wasm (${version})`)
  })
)

/**
 * Provides the same engine as `layer`, but with separate ffmpeg.wasm workers. Calls do not queue behind the long
 * transcodings of `layer`. When one build contains both layers, the programs are looked up once and the choice is
 * logged once.
 */
export const layerApart: Layer.Layer<Ffmpeg, FfmpegError> = Layer.flatMap(layer, (context) =>
  Context.get(context, Ffmpeg).engine === "native" ? Layer.succeedContext(context) : Layer.fresh(WasmFfmpeg.layer)
)
