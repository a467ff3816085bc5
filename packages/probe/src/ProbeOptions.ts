import { availableParallelism } from "node:os"
import type { Duration } from "effect"

/** How long a look into a file may take, and how many there may be at once. */
export interface ProbeOptions {
  /** The time limit of `probe`; 60 seconds by default, counted from the moment it is its turn. */
  readonly probeTimeout?: Duration.DurationInput | undefined
  /** The time limit of `frame`; 60 seconds by default. Decoding is the slow part, most of all in ffmpeg.wasm. */
  readonly frameTimeout?: Duration.DurationInput | undefined
  /** The time limit of `toMp4`; one hour by default, enough for several hundred gigabytes. */
  readonly remuxTimeout?: Duration.DurationInput | undefined
  /** How many files are looked into at once; the others wait. As many as there are processors by default. */
  readonly maxConcurrent?: number | undefined
}

export const defaults: Required<{ readonly [K in keyof ProbeOptions]: NonNullable<ProbeOptions[K]> }> = {
  probeTimeout: "60 seconds",
  frameTimeout: "60 seconds",
  remuxTimeout: "1 hour",
  maxConcurrent: availableParallelism()
}
