import { FileSystem } from "@effect/platform"
import { fileStorageContract } from "@runner-connector/contracts"
import { Effect } from "effect"
import { contractStorage, dangling, localFile } from "./bucket.ts"

const MIB = 1024 * 1024

fileStorageContract("s3", {
  layer: contractStorage,
  localFile,
  localFileExists: (path) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.exists(path)),
  open: (source) =>
    source._tag === "Url"
      ? Effect.promise(async () => new Uint8Array(await (await fetch(source.url)).arrayBuffer()))
      : Effect.dieMessage("An object has a URL"),
  leftovers: dangling,
  // Three parts of the smallest size, and the read buffer.
  streamingBudget: 18 * MIB
})
