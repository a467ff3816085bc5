export * as AutoFfmpeg from "./AutoFfmpeg.ts"
export {
  Ffmpeg,
  type FfmpegCommand,
  FfmpegError,
  FfmpegFailed,
  type FfmpegResult,
  type FfprobeCommand,
  type FileNames,
  type MediaInput
} from "./Ffmpeg.ts"
export * as InputBytes from "./InputBytes.ts"
export * as NativeFfmpeg from "./NativeFfmpeg.ts"
export * as WasmFfmpeg from "./WasmFfmpeg.ts"
