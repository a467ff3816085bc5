import { layer as withLayer } from "@effect/vitest"
import type { Layer } from "effect"
import { changeCases } from "./runnerStore/changes.ts"
import { registrationTokenCases } from "./runnerStore/registrationTokens.ts"
import { removalCases } from "./runnerStore/removals.ts"
import { runnerCases } from "./runnerStore/runners.ts"
import { sortingCases } from "./runnerStore/sorting.ts"
import { workloadCases } from "./runnerStore/workloads.ts"
import type { Stores } from "./stores.ts"

/** Contract of every RunnerStore with its FleetStore. An adapter's test calls this and adds its own cases. */
export const runnerStoreContract = <E>(name: string, layer: Layer.Layer<Stores, E>): void =>
  withLayer(layer, { timeout: "5 minutes", excludeTestServices: true })(`RunnerStore: ${name}`, (it) => {
    const all = [runnerCases, changeCases, removalCases, registrationTokenCases, sortingCases, workloadCases]
    for (const cases of all) cases(it)
  })
