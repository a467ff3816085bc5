import { WasmFfmpeg } from "@runner-connector/ffmpeg"
import { frameCases } from "./support/frameCases.ts"

frameCases("wasm", WasmFfmpeg.layer)
