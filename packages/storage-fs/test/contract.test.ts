import { FileSystem } from "@effect/platform"
import { fileStorageContract } from "@runner-connector/contracts"
import { Effect } from "effect"
import { inRoot, outsideFile, realStorage } from "./workspace.ts"

const MIB = 1024 * 1024

fileStorageContract("fs", {
  layer: realStorage,
  localFile: (bytes) => outsideFile(bytes),
  localFileExists: (path) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.exists(path)),
  open: (source) =>
    source._tag === "Path"
      ? Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFile(source.path))
      : Effect.dieMessage("A file of this machine has a path"),
  leftovers: Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return yield* fs.readDirectory(yield* inRoot(".tmp"))
  }),
  streamingBudget: 4 * MIB
})
