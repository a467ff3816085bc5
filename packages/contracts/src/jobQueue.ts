import { layer as withLayer } from "@effect/vitest"
import type { Layer } from "effect"
import { availableCases } from "./jobQueue/available.ts"
import { keepingCases } from "./jobQueue/keeping.ts"
import { labelCases } from "./jobQueue/labels.ts"
import { orderCases } from "./jobQueue/order.ts"
import { pruningCases } from "./jobQueue/pruning.ts"
import { tenantCases } from "./jobQueue/tenants.ts"
import type { Stores } from "./stores.ts"

/** Contract of every JobQueue. An adapter's test calls this and adds its own cases. */
export const jobQueueContract = <E>(name: string, layer: Layer.Layer<Stores, E>): void =>
  withLayer(layer, { timeout: "5 minutes", excludeTestServices: true })(`JobQueue: ${name}`, (it) => {
    for (const cases of [orderCases, labelCases, tenantCases, keepingCases, availableCases, pruningCases]) cases(it)
  })
