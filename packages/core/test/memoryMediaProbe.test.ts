import { mediaProbeContract } from "@runner-connector/contracts"
import { recordedReports } from "@runner-connector/contracts/media"
import { Layer } from "effect"
import { MemoryDisk } from "../src/ports/memory/MemoryDisk.ts"
import * as MemoryMediaProbe from "../src/ports/memory/MemoryMediaProbe.ts"

const Recorded = Layer.sync(MemoryDisk, () => new Map(recordedReports()))

mediaProbeContract("memory", Layer.provide(MemoryMediaProbe.layer, Recorded))
