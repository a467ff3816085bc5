import { layer as withLayer } from "@effect/vitest"
import type { Layer } from "effect"
import type { Stores } from "./stores.ts"
import { videoAdditionCases } from "./videoStore/additions.ts"
import { videoChunkCases } from "./videoStore/chunks.ts"
import { externalIdCases } from "./videoStore/externalIds.ts"
import { videoFilterCases } from "./videoStore/filters.ts"
import { videoInsertCases } from "./videoStore/inserts.ts"
import { videoListCases } from "./videoStore/lists.ts"
import { videoRaceCases } from "./videoStore/races.ts"
import { videoSaveCases } from "./videoStore/saves.ts"

/** Contract of every VideoStore. An adapter's test calls this and adds its own cases. */
export const videoStoreContract = <E>(name: string, layer: Layer.Layer<Stores, E>): void =>
  withLayer(layer, { timeout: "5 minutes", excludeTestServices: true })(`VideoStore: ${name}`, (it) => {
    for (const cases of [
      videoInsertCases,
      externalIdCases,
      videoSaveCases,
      videoAdditionCases,
      videoRaceCases,
      videoListCases,
      videoFilterCases,
      videoChunkCases
    ])
      cases(it)
  })
