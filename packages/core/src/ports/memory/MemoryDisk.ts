import { Context, Layer } from "effect"

/**
 * The simulated local disk of tests: bytes by path. Uploads can be adopted and sources probed without a file system.
 */
export class MemoryDisk extends Context.Tag("@runner-connector/core/MemoryDisk")<
  MemoryDisk,
  Map<string, Uint8Array>
>() {}

/** An empty disk. */
export const layer: Layer.Layer<MemoryDisk> = Layer.sync(MemoryDisk, () => new Map())
