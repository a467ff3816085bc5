import type { DateTime } from "effect"
import type { Event } from "../../domain/event/Event.ts"
import type { WebhookId } from "../../domain/Ids.ts"
import type { WebhookDelivery, WebhookEndpoint } from "../../domain/webhook/Webhook.ts"

/** A delivery with its event. */
export interface Stored {
  readonly delivery: WebhookDelivery
  readonly event: Event
}

/** The webhooks of a state in memory. */
export interface MemoryWebhooks {
  readonly endpoints: Map<WebhookId, WebhookEndpoint>
  /** Until when an endpoint has a delivery in hand. */
  readonly busy: Map<WebhookId, DateTime.Utc>
  readonly deliveries: Map<string, Stored>
}

/** No webhooks. */
export const makeWebhooks = (): MemoryWebhooks => ({ endpoints: new Map(), busy: new Map(), deliveries: new Map() })

/** Whether an event is still to be delivered. */
export const isQueued = ({ deliveries }: MemoryWebhooks, { id }: Event): boolean =>
  Array.from(deliveries.values()).some(({ delivery }) => delivery.eventId === id && delivery.state === "pending")
