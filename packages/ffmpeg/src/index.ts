export * as AutoFfmpeg from "./AutoFfmpeg.ts"
export {
  Ffmpeg,
  type FfmpegCommand,
  FfmpegError,
  FfmpegFailed,
  type FfmpegResult,
  type FfprobeCommand,
  type FileNames,
  type LiveInput,
  type MediaInput
} from "./Ffmpeg.ts"
export * as InputBytes from "./InputBytes.ts"
export * as LogTail from "./LogTail.ts"
export * as NativeFfmpeg from "./NativeFfmpeg.ts"
export * as WasmFfmpeg from "./WasmFfmpeg.ts"
