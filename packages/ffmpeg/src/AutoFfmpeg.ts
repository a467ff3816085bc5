import { Context, Effect, Layer } from "effect"
import { Ffmpeg, type FfmpegError } from "./Ffmpeg.ts"
import * as NativeFfmpeg from "./NativeFfmpeg.ts"
import * as WasmFfmpeg from "./WasmFfmpeg.ts"

/** The native programs when both are on PATH and run, otherwise ffmpeg.wasm. Logs once which. */
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
 * The same engine, but never in the workers of `layer`: a call does not wait for those that somebody keeps busy for
 * hours. In one build with `layer` the programs are looked for, and the choice is logged, once for both.
 */
export const layerApart: Layer.Layer<Ffmpeg, FfmpegError> = Layer.flatMap(layer, (context) =>
  Context.get(context, Ffmpeg).engine === "native" ? Layer.succeedContext(context) : Layer.fresh(WasmFfmpeg.layer)
)
