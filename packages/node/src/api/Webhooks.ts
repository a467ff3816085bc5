import type { DeliveryFilter, Webhook, WebhookDelivery, WebhookSettings } from "../model.ts"
import type { CallOptions } from "./CallOptions.ts"
import type { Page } from "./Page.ts"

/** A webhook with its secret, which no other answer contains. */
export interface WebhookWithSecret {
  readonly webhook: Webhook
  /** Signs the deliveries as in Standard Webhooks: `whsec_` and base64. */
  readonly secret: string
}

/** Endpoints that receive events as signed HTTP requests. */
export interface Webhooks {
  /** Adds an endpoint. It receives the events from now on. */
  readonly create: (
    settings: Pick<WebhookSettings, "url"> & Partial<WebhookSettings>,
    options?: CallOptions
  ) => Promise<WebhookWithSecret>
  /** Changes the given settings. */
  readonly update: (id: string, settings: Partial<WebhookSettings>, options?: CallOptions) => Promise<Webhook>
  /** Replaces the secret at once. */
  readonly rotateSecret: (id: string, options?: CallOptions) => Promise<WebhookWithSecret>
  /** Removes the endpoint with its deliveries. */
  readonly remove: (id: string, options?: CallOptions) => Promise<void>
  readonly list: (options?: CallOptions) => Promise<ReadonlyArray<Webhook>>
  /** Newest first. */
  readonly deliveries: (filter?: DeliveryFilter, options?: CallOptions) => Promise<Page<WebhookDelivery>>
  /** Makes dead deliveries pending again: the one with this id, or all of the endpoint. Returns how many. */
  readonly replay: (
    which: { readonly delivery: string } | { readonly webhook: string },
    options?: CallOptions
  ) => Promise<number>
}
