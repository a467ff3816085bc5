import { availableParallelism } from "node:os"
import type { Duration } from "effect"

/** Time limits and concurrency of the probe. */
export interface ProbeOptions {
  /** Time limit of `probe`, without the wait for its turn. Default: 60 seconds. */
  readonly probeTimeout?: Duration.DurationInput | undefined
  /** Time limit of `frame`. Default: 60 seconds. Decoding is slow, especially in ffmpeg.wasm. */
  readonly frameTimeout?: Duration.DurationInput | undefined
  /** Time limit of `toMp4`. Default: one hour, enough for several hundred gigabytes. */
  readonly remuxTimeout?: Duration.DurationInput | undefined
  /**
   * Maximum number of concurrent calls. Further calls wait. A call of `probe` runs up to two programs at a time. Default: the
   * number of processors.
   */
  readonly maxConcurrent?: number | undefined
}

export const defaults: Required<{ readonly [K in keyof ProbeOptions]: NonNullable<ProbeOptions[K]> }> = {
  probeTimeout: "60 seconds",
  frameTimeout: "60 seconds",
  remuxTimeout: "1 hour",
  maxConcurrent: availableParallelism()
}
