import { mediaProbeContract, remoteMediaProbeContract } from "@runner-connector/contracts"
import { NativeFfmpeg } from "@runner-connector/ffmpeg"
import { Effect, Layer } from "effect"
import * as Ffprobe from "../src/Ffprobe.ts"

const native = await Effect.runPromise(Effect.either(Effect.scoped(Layer.build(NativeFfmpeg.layer))))

if (native._tag === "Right") {
  mediaProbeContract("native", Ffprobe.layer)
  remoteMediaProbeContract("native", Ffprobe.layerWith)
} else {
  console.warn(`LEFT OUT: the MediaProbe contract with the native FFmpeg. ${native.left.message}`)
}
