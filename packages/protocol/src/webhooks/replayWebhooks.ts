import { Webhooks } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { webhookId } from "./documents.ts"

export const replayWebhooks = endpoint({
  name: "replayWebhooks",
  method: "POST",
  path: "/api/v1/runners/webhook-deliveries/replay",
  summary: "Make dead deliveries pending again: one of them, or all of a webhook",
  admin: true,
  body: "json",
  request: Schema.Union(Schema.Struct({ delivery: Schema.UUID }), Schema.Struct({ webhookId })),
  status: 200,
  response: Schema.Struct({ replayed: Schema.Int })
})

/** Answers `replayWebhooks`. */
export const handleReplayWebhooks: Effect.Effect<Handler, never, Reception | Webhooks.Webhooks> = Effect.flatMap(
  Webhooks.Webhooks,
  (webhooks) =>
    respondWithDocument(replayWebhooks, {
      run: ({ body }) =>
        Effect.map(
          webhooks.replay("delivery" in body ? { id: body.delivery } : { endpointId: body.webhookId }),
          (replayed) => ({ replayed })
        )
    })
)
