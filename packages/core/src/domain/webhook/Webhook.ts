import { Schema } from "effect"
import { type Event, EventType } from "../event/Event.ts"
import { EventId, WebhookId } from "../Ids.ts"

/** A URL that receives events. */
export const WebhookEndpoint = Schema.Struct({
  id: WebhookId,
  url: Schema.String,
  description: Schema.String,
  /** Signs the deliveries: `whsec_` and base64. Its owner sees it once, when it is made. */
  secret: Schema.String,
  /** The types of events that it receives. Empty: all. */
  types: Schema.Array(EventType),
  enabled: Schema.Boolean,
  /** Why the server has disabled the endpoint. None when it is enabled, or when an administrator has disabled it. */
  disabledReason: Schema.OptionFromNullOr(Schema.String),
  createdAt: Schema.DateTimeUtcFromDate,
  updatedAt: Schema.DateTimeUtcFromDate
})
export type WebhookEndpoint = typeof WebhookEndpoint.Type

/** `pending` until an answer with a status of success, or until it is given up. */
export const DeliveryState = Schema.Literal("pending", "delivered", "dead")
export type DeliveryState = typeof DeliveryState.Type

/** One event for one endpoint. */
export const WebhookDelivery = Schema.Struct({
  id: Schema.UUID,
  endpointId: WebhookId,
  eventId: EventId,
  type: EventType,
  state: DeliveryState,
  /** Failed attempts since the delivery was queued or replayed. */
  attempts: Schema.Int,
  /** When it is tried next. */
  dueAt: Schema.DateTimeUtcFromDate,
  /** The status of the last answer. None without an answer. */
  status: Schema.OptionFromNullOr(Schema.Int),
  /** Why the last attempt failed. */
  error: Schema.OptionFromNullOr(Schema.String),
  createdAt: Schema.DateTimeUtcFromDate,
  updatedAt: Schema.DateTimeUtcFromDate
})
export type WebhookDelivery = typeof WebhookDelivery.Type

/** Whether the endpoint receives events of this type. */
export const wants = ({ enabled, types }: WebhookEndpoint, { type }: Pick<Event, "type">): boolean =>
  enabled && (types.length === 0 || types.includes(type))

const MAX_URL = 2000

/** Why the URL cannot be an endpoint. Undefined when it can. */
export const urlFault = (text: string): string | undefined => {
  if (text.length > MAX_URL) return `is longer than ${MAX_URL} characters`
  if (!URL.canParse(text)) return "is not a URL"
  const { password, protocol, username } = new URL(text)
  if (protocol !== "https:" && protocol !== "http:") return "must begin with https:// or http://"
  return username + password === "" ? undefined : "must not contain a user name or password"
}
