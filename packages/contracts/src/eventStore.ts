import { layer as withLayer } from "@effect/vitest"
import type { EventStore } from "@runner-connector/core"
import type { Layer } from "effect"
import { eventReadCases } from "./eventStore/reads.ts"
import type { Transactions } from "./eventStore/support.ts"
import { eventWriteCases } from "./eventStore/writes.ts"
import type { Stores } from "./stores.ts"

/** Contract of every EventStore, and of the events that the stores write. */
export const eventStoreContract = <E>(
  name: string,
  layer: Layer.Layer<Stores | EventStore.EventStore | Transactions, E>
): void =>
  withLayer(layer, { timeout: "5 minutes", excludeTestServices: true })(`EventStore: ${name}`, (it) => {
    for (const cases of [eventWriteCases, eventReadCases]) cases(it)
  })
