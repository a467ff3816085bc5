import { Webhooks } from "@runner-connector/core"
import { Effect } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { WebhookParams } from "./documents.ts"

export const deleteWebhook = endpoint({
  name: "deleteWebhook",
  method: "DELETE",
  path: "/api/v1/runners/webhooks/:webhookId",
  summary: "Remove a webhook with its deliveries",
  admin: true,
  params: WebhookParams,
  status: 204,
  problems: [404]
})

/** Answers `deleteWebhook`. */
export const handleDeleteWebhook: Effect.Effect<Handler, never, Reception | Webhooks.Webhooks> = Effect.flatMap(
  Webhooks.Webhooks,
  (webhooks) => respondWithDocument(deleteWebhook, { run: ({ params }) => webhooks.remove(params.webhookId) })
)
