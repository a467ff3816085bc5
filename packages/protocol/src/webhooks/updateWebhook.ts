import { Webhooks } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { settings, WebhookDocument, WebhookParams, webhookDocument } from "./documents.ts"

export const updateWebhook = endpoint({
  name: "updateWebhook",
  method: "PUT",
  path: "/api/v1/runners/webhooks/:webhookId",
  summary: "Change the given settings of a webhook",
  admin: true,
  params: WebhookParams,
  body: "json",
  request: Schema.partialWith(Schema.Struct(settings), { exact: true }),
  status: 200,
  response: WebhookDocument,
  problems: [404]
})

/** Answers `updateWebhook`. */
export const handleUpdateWebhook: Effect.Effect<Handler, never, Reception | Webhooks.Webhooks> = Effect.flatMap(
  Webhooks.Webhooks,
  (webhooks) =>
    respondWithDocument(updateWebhook, {
      run: ({ body, params }) => Effect.map(webhooks.update(params.webhookId, body), webhookDocument)
    })
)
