import { mediaRemuxerContract, remoteMediaProbeContract } from "@runner-connector/contracts"
import * as FfmpegWasm from "../src/FfmpegWasm.ts"

// `wasmMediaProbe.long.test.ts` has the contract with the whole corpus.
mediaRemuxerContract("wasm", FfmpegWasm.layer)
remoteMediaProbeContract("wasm", FfmpegWasm.layerWith)
