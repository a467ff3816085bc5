import { mediaProbeContract, mediaRemuxerContract, remoteMediaProbeContract } from "@runner-connector/contracts"
import * as FfmpegWasm from "../src/FfmpegWasm.ts"

mediaProbeContract("wasm", FfmpegWasm.layer)
mediaRemuxerContract("wasm", FfmpegWasm.layer)
remoteMediaProbeContract("wasm", FfmpegWasm.layerWith)
