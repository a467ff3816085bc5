export * as FfmpegCutter from "./FfmpegCutter.ts"
export * as FfmpegProbe from "./FfmpegProbe.ts"
export * as FfmpegRemuxer from "./FfmpegRemuxer.ts"
