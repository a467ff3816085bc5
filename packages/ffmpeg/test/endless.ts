import type { FfmpegCommand } from "../src/index.ts"

/** Endless video at real-time speed, written to a raw file that grows continuously. */
export const endless = (outputDirectory: string): FfmpegCommand => ({
  inputs: [],
  outputDirectory,
  arguments: ({ output }) => [
    ...["-re", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=50", "-f", "rawvideo", "-flush_packets", "1"],
    output("endless.raw")
  ]
})
