import { fileStorageContract } from "@runner-connector/contracts"
import { FileKey, MemoryDisk, MemoryFileStorage } from "@runner-connector/core"
import { Effect, Layer } from "effect"
import * as TenantStorage from "./TenantStorage.ts"

fileStorageContract("one tenant's folder", {
  // The adapter over its technology, here the storage in memory.
  layer: TenantStorage.layer(FileKey.FileKey.make("tenants/7")).pipe(
    Layer.provide(MemoryFileStorage.layer),
    Layer.provideMerge(MemoryDisk.layer)
  ),
  // What the contract needs besides the port, in terms of that technology.
  localFile: (bytes) =>
    Effect.map(MemoryDisk.MemoryDisk, (disk) => {
      const path = `/tmp/${crypto.randomUUID()}`
      disk.set(path, bytes)
      return path
    }),
  localFileExists: (path) => Effect.map(MemoryDisk.MemoryDisk, (disk) => disk.has(path)),
  open: (source) =>
    Effect.flatMap(MemoryDisk.MemoryDisk, (disk) =>
      Effect.fromNullable(source._tag === "Path" ? disk.get(source.path) : undefined)
    ),
  leftovers: Effect.map(MemoryDisk.MemoryDisk, (disk) => [...disk.keys()]),
  streamingBudget: "holds all"
})
