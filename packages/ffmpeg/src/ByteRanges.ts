import type { Effect } from "effect"
import type { FfmpegError } from "./Ffmpeg.ts"

/** The bytes of an input, read by ranges, wherever it is. */
export interface InputBytes {
  /** Bytes. */
  readonly size: number
  /** Reads the bytes from `start` up to, not including, `end`. Returns fewer at the end of the file. */
  readonly read: (start: number, end: number) => Effect.Effect<Uint8Array, FfmpegError>
}
