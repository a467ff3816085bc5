export * as FfmpegProbe from "./FfmpegProbe.ts"
