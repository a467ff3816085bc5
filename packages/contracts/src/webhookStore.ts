import { layer as withLayer } from "@effect/vitest"
import type { Layer } from "effect"
import { claimCases, deliveryListCases, endpointCases } from "./webhookStore/deliveries.ts"
import { failureCases, goneCases } from "./webhookStore/failures.ts"
import type { Needs } from "./webhookStore/support.ts"

/** Contract of every WebhookStore. */
export const webhookStoreContract = <E>(name: string, layer: Layer.Layer<Needs, E>): void =>
  withLayer(layer, { timeout: "5 minutes", excludeTestServices: true })(`WebhookStore: ${name}`, (it) => {
    for (const cases of [endpointCases, deliveryListCases, claimCases, failureCases, goneCases]) cases(it)
  })
