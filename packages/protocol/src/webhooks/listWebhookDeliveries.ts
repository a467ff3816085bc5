import { Webhook, Webhooks } from "@runner-connector/core"
import { DateTime, Effect, Option, Schema } from "effect"
import { page, pageOf, paging, readAfter } from "../admin/paging.ts"
import { endpoint } from "../http/Endpoint.ts"
import { Moment } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { webhookId } from "./documents.ts"

const DeliveryDocument = Schema.Struct({
  id: Schema.UUID,
  webhookId: Schema.UUID,
  eventId: Schema.UUID,
  type: Schema.String,
  state: Webhook.DeliveryState,
  attempts: Schema.Int,
  dueAt: Moment,
  status: Schema.NullOr(Schema.Int),
  error: Schema.NullOr(Schema.String),
  createdAt: Moment,
  updatedAt: Moment
}).annotations({ identifier: "WebhookDelivery" })

const deliveryDocument = (delivery: Webhook.WebhookDelivery): typeof DeliveryDocument.Type => ({
  id: delivery.id,
  webhookId: delivery.endpointId,
  eventId: delivery.eventId,
  type: delivery.type,
  state: delivery.state,
  attempts: delivery.attempts,
  dueAt: DateTime.formatIso(delivery.dueAt),
  status: Option.getOrNull(delivery.status),
  error: Option.getOrNull(delivery.error),
  createdAt: DateTime.formatIso(delivery.createdAt),
  updatedAt: DateTime.formatIso(delivery.updatedAt)
})

export const listWebhookDeliveries = endpoint({
  name: "listWebhookDeliveries",
  method: "GET",
  path: "/api/v1/runners/webhook-deliveries",
  summary: "List the deliveries of events to webhooks, newest first",
  admin: true,
  query: Schema.Struct({
    ...paging,
    /** Begins behind the delivery with this UUID. */
    after: Schema.optionalWith(Schema.UUID, { exact: true }),
    state: Schema.optionalWith(Webhook.DeliveryState, { exact: true }),
    webhookId: Schema.optionalWith(webhookId, { exact: true })
  }),
  status: 200,
  response: pageOf(DeliveryDocument)
})

/** Answers `listWebhookDeliveries`. */
export const handleListWebhookDeliveries: Effect.Effect<Handler, never, Reception | Webhooks.Webhooks> = Effect.flatMap(
  Webhooks.Webhooks,
  (webhooks) =>
    respondWithDocument(listWebhookDeliveries, {
      run: ({ query: { after, webhookId, ...filter } }) =>
        Effect.map(
          readAfter(
            { after },
            (from) => webhooks.deliveries({ ...filter, ...from, ...(webhookId && { endpointId: webhookId }) }),
            (id) => Effect.map(webhooks.deliveries({ id, start: 0, count: 0 }), ({ total }) => total > 0)
          ),
          (found) => page(found, deliveryDocument)
        )
    })
)
