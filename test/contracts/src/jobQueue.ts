import { layer as withLayer } from "@effect/vitest"
import type { Layer } from "effect"
import { availableCases } from "./jobQueue/available.ts"
import { keepingCases } from "./jobQueue/keeping.ts"
import { orderCases } from "./jobQueue/order.ts"
import type { Stores } from "./stores.ts"

/** What every JobQueue must do. An adapter's test is one call of this, and whatever only it has. */
export const jobQueueContract = <E>(name: string, layer: Layer.Layer<Stores, E>): void =>
  withLayer(layer, { timeout: "60 seconds", excludeTestServices: true })(`JobQueue: ${name}`, (it) => {
    for (const cases of [orderCases, keepingCases, availableCases]) cases(it)
  })
