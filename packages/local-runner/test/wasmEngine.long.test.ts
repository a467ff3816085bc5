import { WasmFfmpeg } from "@runner-connector/ffmpeg"
import { audioMergeCases } from "./engines/audioMerge.ts"
import { hlsCases } from "./engines/hls.ts"
import { pictureCases } from "./engines/pictures.ts"
import { storyboardCases } from "./engines/storyboard.ts"
import { studioCases } from "./engines/studio.ts"
import { webVideoCases } from "./engines/webVideo.ts"

// The short tests run these cases with native FFmpeg where it is installed, which is many times faster.
audioMergeCases("wasm", WasmFfmpeg.layer)
hlsCases("wasm", WasmFfmpeg.layer)
pictureCases("wasm", WasmFfmpeg.layer)
storyboardCases("wasm", WasmFfmpeg.layer)
studioCases("wasm", WasmFfmpeg.layer)
webVideoCases("wasm", WasmFfmpeg.layer)
