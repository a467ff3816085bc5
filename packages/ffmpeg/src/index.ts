export * as AutoFfmpeg from "./AutoFfmpeg.ts"
export * as ChildProgram from "./ChildProgram.ts"
export { MAX_PIXELS, PROBE_MEMORY } from "./commandLine.ts"
export {
  Ffmpeg,
  type FfmpegCommand,
  FfmpegError,
  FfmpegFailed,
  type FfmpegResult,
  type FfprobeCommand,
  type FileNames,
  type LiveInput,
  type MediaInput,
  type StallLimits
} from "./Ffmpeg.ts"
export * as HlsOutput from "./HlsOutput.ts"
export * as InputBytes from "./InputBytes.ts"
export * as LogTail from "./LogTail.ts"
export * as NativeFfmpeg from "./NativeFfmpeg.ts"
export * as PictureFilters from "./PictureFilters.ts"
export * as WasmFfmpeg from "./WasmFfmpeg.ts"
