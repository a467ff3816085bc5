import { Context, Layer } from "effect"

/**
 * The pretended local disk of tests: paths, and the bytes that stand there. It lets uploads be adopted and sources be
 * probed where there is no file system.
 */
export class MemoryDisk extends Context.Tag("@runner-connector/core/MemoryDisk")<
  MemoryDisk,
  Map<string, Uint8Array>
>() {}

/** An empty disk. */
export const layer: Layer.Layer<MemoryDisk> = Layer.sync(MemoryDisk, () => new Map())
