import { Webhooks } from "@runner-connector/core"
import { Effect } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { secretDocument, WebhookParams, WebhookSecretDocument } from "./documents.ts"

export const rotateWebhookSecret = endpoint({
  name: "rotateWebhookSecret",
  method: "POST",
  path: "/api/v1/runners/webhooks/:webhookId/rotate-secret",
  summary: "Replace the secret of a webhook; no other answer shows the new one",
  admin: true,
  params: WebhookParams,
  status: 200,
  response: WebhookSecretDocument,
  problems: [404]
})

/** Answers `rotateWebhookSecret`. */
export const handleRotateWebhookSecret: Effect.Effect<Handler, never, Reception | Webhooks.Webhooks> = Effect.flatMap(
  Webhooks.Webhooks,
  (webhooks) =>
    respondWithDocument(rotateWebhookSecret, {
      run: ({ params }) => Effect.map(webhooks.rotateSecret(params.webhookId), secretDocument)
    })
)
