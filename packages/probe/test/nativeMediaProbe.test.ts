import { mediaProbeContract, remoteMediaProbeContract } from "@runner-connector/contracts"
import { nativeFfmpeg } from "../../../test/fixtures/nativeFfmpeg.ts"
import * as Ffprobe from "../src/Ffprobe.ts"

if (nativeFfmpeg._tag === "Right") {
  mediaProbeContract("native", Ffprobe.layer)
  remoteMediaProbeContract("native", Ffprobe.layerWith)
} else {
  console.warn(`LEFT OUT: the MediaProbe contract with the native FFmpeg. ${nativeFfmpeg.left.message}`)
}
