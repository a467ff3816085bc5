import { mediaProbeContract } from "@runner-connector/contracts"
import * as FfmpegWasm from "../src/FfmpegWasm.ts"

// Every file of the corpus starts ffmpeg.wasm several times.
mediaProbeContract("wasm", FfmpegWasm.layer)
