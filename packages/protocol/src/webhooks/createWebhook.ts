import { Webhooks } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { secretDocument, settings, WebhookSecretDocument } from "./documents.ts"

const { description, enabled, types, url } = settings

export const createWebhook = endpoint({
  name: "createWebhook",
  method: "POST",
  path: "/api/v1/runners/webhooks",
  summary: "Add a URL that receives events; no other answer shows its secret",
  admin: true,
  body: "json",
  request: Schema.Struct({
    url,
    description: Schema.optionalWith(description, { default: () => "" }),
    types: Schema.optionalWith(types, { default: () => [] }),
    enabled: Schema.optionalWith(enabled, { default: () => true })
  }),
  status: 200,
  response: WebhookSecretDocument
})

/** Answers `createWebhook`. */
export const handleCreateWebhook: Effect.Effect<Handler, never, Reception | Webhooks.Webhooks> = Effect.flatMap(
  Webhooks.Webhooks,
  (webhooks) =>
    respondWithDocument(createWebhook, { run: ({ body }) => Effect.map(webhooks.create(body), secretDocument) })
)
