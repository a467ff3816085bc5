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
