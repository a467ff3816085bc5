import { layer as withLayer } from "@effect/vitest"
import type { Layer } from "effect"
import { beatCases } from "./jobStore/beats.ts"
import { chunkListCases } from "./jobStore/chunkLists.ts"
import { commitRaceCases } from "./jobStore/commitRaces.ts"
import { commitCases } from "./jobStore/commits.ts"
import { familyCases } from "./jobStore/families.ts"
import { insertCases } from "./jobStore/inserts.ts"
import { limitCases } from "./jobStore/limits.ts"
import { listCases } from "./jobStore/lists.ts"
import { removalCases } from "./jobStore/removals.ts"
import { searchCases } from "./jobStore/searches.ts"
import { silenceCases } from "./jobStore/silences.ts"
import type { Stores } from "./stores.ts"

/** Contract of every JobStore. An adapter's test calls this and adds its own cases. */
export const jobStoreContract = <E>(name: string, layer: Layer.Layer<Stores, E>): void =>
  withLayer(layer, { timeout: "5 minutes", excludeTestServices: true })(`JobStore: ${name}`, (it) => {
    for (const cases of [insertCases, familyCases, silenceCases, listCases, chunkListCases, searchCases]) cases(it)
    for (const cases of [commitCases, commitRaceCases, limitCases, beatCases, removalCases]) cases(it)
  })
