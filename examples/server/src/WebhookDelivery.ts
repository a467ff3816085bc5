import type { EventConsumers, EventStore, WebhookStore } from "@runner-connector/core"
import { Webhooks } from "@runner-connector/webhooks"
import { Effect, Layer } from "effect"
import { Settings } from "./Settings.ts"

/** Delivers events to the webhook endpoints, by the settings of the server. */
export const layer: Layer.Layer<
  never,
  never,
  Settings | EventStore.EventStore | EventConsumers.EventConsumers | WebhookStore.WebhookStore
> = Layer.unwrapEffect(
  Effect.map(Settings, ({ webhooksAllowPrivateAddresses }) =>
    Webhooks.layer({ allowPrivateAddresses: webhooksAllowPrivateAddresses })
  )
)
