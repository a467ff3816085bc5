import { mediaRemuxerContract } from "@runner-connector/contracts"
import { recordedReports } from "@runner-connector/contracts/media"
import { Effect, Layer } from "effect"
import { MemoryDisk } from "../src/ports/memory/MemoryDisk.ts"
import * as MemoryMediaProbe from "../src/ports/memory/MemoryMediaProbe.ts"
import * as MemoryMediaRemuxer from "../src/ports/memory/MemoryMediaRemuxer.ts"

const disk = new Map(recordedReports())
const twins = Layer.merge(MemoryMediaProbe.layer, MemoryMediaRemuxer.layer)

mediaRemuxerContract("memory", Layer.provide(twins, Layer.succeed(MemoryDisk, disk)), (path) =>
  Effect.sync(() => disk.has(path))
)
