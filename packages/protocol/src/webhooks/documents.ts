import { Event, Ids, type Webhook, type Webhooks } from "@runner-connector/core"
import { DateTime, Option, Schema } from "effect"
import { CleanText, Moment, Token } from "../http/fields.ts"

const text = (maxLength: number) =>
  CleanText.pipe(Schema.maxLength(maxLength)).annotations({ jsonSchema: { type: "string", maxLength } })

/** What an administrator sets. */
export const settings = {
  url: text(2000),
  description: text(1000),
  types: Schema.Array(Event.EventType).pipe(Schema.maxItems(100)),
  enabled: Schema.Boolean
}

const fields = {
  id: Schema.UUID,
  ...settings,
  /** Why the server has disabled the endpoint. */
  disabledReason: Schema.NullOr(Schema.String),
  createdAt: Moment,
  updatedAt: Moment
}

/** An endpoint without its secret. */
export const WebhookDocument = Schema.Struct(fields).annotations({ identifier: "Webhook" })

/** An endpoint with its secret, which no other document shows. */
export const WebhookSecretDocument = Schema.Struct({ ...fields, secret: Token }).annotations({
  identifier: "WebhookWithSecret"
})

/** The document of an endpoint. */
export const webhookDocument = (endpoint: Webhook.WebhookEndpoint): typeof WebhookDocument.Type => ({
  id: endpoint.id,
  url: endpoint.url,
  description: endpoint.description,
  types: endpoint.types,
  enabled: endpoint.enabled,
  disabledReason: Option.getOrNull(endpoint.disabledReason),
  createdAt: DateTime.formatIso(endpoint.createdAt),
  updatedAt: DateTime.formatIso(endpoint.updatedAt)
})

/** The document of an endpoint that was just given a secret. */
export const secretDocument = ({
  endpoint,
  secret
}: Webhooks.WebhookWithSecret): typeof WebhookSecretDocument.Type => ({
  ...webhookDocument(endpoint),
  secret
})

/** The id of an endpoint in a path or a query. */
export const webhookId = Schema.compose(Schema.UUID, Ids.WebhookId).annotations({
  jsonSchema: { type: "string", format: "uuid" }
})

/** The path parameter of calls about one endpoint. */
export const WebhookParams = Schema.Struct({ webhookId })
