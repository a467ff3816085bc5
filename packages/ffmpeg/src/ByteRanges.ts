import type { Effect } from "effect"
import type { FfmpegError } from "./Ffmpeg.ts"

/** An input that is read by byte ranges, from a file or a server. */
export interface InputBytes {
  /** Size in bytes. */
  readonly size: number
  /** Reads the bytes from `start` up to, but not including, `end`. Returns fewer bytes at the end of the file. */
  readonly read: (start: number, end: number) => Effect.Effect<Uint8Array, FfmpegError>
}
