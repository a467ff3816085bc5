import { Webhooks } from "@runner-connector/core"
import { Effect } from "effect"
import { page, pageOf } from "../admin/paging.ts"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { WebhookDocument, webhookDocument } from "./documents.ts"

export const listWebhooks = endpoint({
  name: "listWebhooks",
  method: "GET",
  path: "/api/v1/runners/webhooks",
  summary: "List the URLs that receive events",
  admin: true,
  status: 200,
  response: pageOf(WebhookDocument)
})

/** Answers `listWebhooks`. */
export const handleListWebhooks: Effect.Effect<Handler, never, Reception | Webhooks.Webhooks> = Effect.flatMap(
  Webhooks.Webhooks,
  (webhooks) =>
    respondWithDocument(listWebhooks, {
      run: () => Effect.map(webhooks.list, (data) => page({ total: data.length, data }, webhookDocument))
    })
)
