import { DateTime, Duration, Effect, Option } from "effect"
import type { Event } from "../../domain/event/Event.ts"
import type { WebhookId } from "../../domain/Ids.ts"
import { type WebhookDelivery, type WebhookEndpoint, wants } from "../../domain/webhook/Webhook.ts"
import {
  type ClaimedDelivery,
  type DeliveryFilter,
  type DeliveryOutcome,
  type WebhookEndpoints,
  WebhookStore
} from "../WebhookStore.ts"
import type { MemoryWebhooks } from "./MemoryWebhooks.ts"
import { pageAfter } from "./pages.ts"

const keyOf = (endpointId: WebhookId, { id }: Event): string => `${endpointId} ${id}`

const queue = ({ deliveries, endpoints }: MemoryWebhooks, event: Event, now: DateTime.Utc): void => {
  for (const endpoint of endpoints.values()) {
    const key = keyOf(endpoint.id, event)
    if (!wants(endpoint, event) || deliveries.has(key)) continue
    const delivery: WebhookDelivery = {
      id: crypto.randomUUID(),
      endpointId: endpoint.id,
      eventId: event.id,
      type: event.type,
      state: "pending",
      attempts: 0,
      dueAt: now,
      status: Option.none(),
      error: Option.none(),
      createdAt: now,
      updatedAt: now
    }
    deliveries.set(key, { delivery, event })
  }
}

const claim = (
  { busy, deliveries, endpoints }: MemoryWebhooks,
  limit: number,
  { now, until }: { readonly now: DateTime.Utc; readonly until: DateTime.Utc }
): ReadonlyArray<ClaimedDelivery> => {
  const isFree = ({ id }: WebhookEndpoint) => DateTime.lessThanOrEqualTo(busy.get(id) ?? now, now)
  const claimed = Array.from(endpoints.values()).flatMap((endpoint) => {
    const [first] = Array.from(deliveries.values())
      .filter(({ delivery }) => delivery.endpointId === endpoint.id && delivery.state === "pending")
      .filter(({ delivery }) => DateTime.lessThanOrEqualTo(delivery.dueAt, now))
      .sort((a, b) => DateTime.Order(a.delivery.dueAt, b.delivery.dueAt))
    if (first === undefined || !endpoint.enabled || !isFree(endpoint)) return []
    return [{ id: first.delivery.id, endpoint, event: first.event, attempts: first.delivery.attempts }]
  })
  const taken = claimed.slice(0, limit)
  for (const { endpoint } of taken) busy.set(endpoint.id, until)
  return taken
}

const settled = (delivery: WebhookDelivery, outcome: DeliveryOutcome, now: DateTime.Utc): WebhookDelivery => {
  if (outcome._tag === "Delivered") {
    return {
      ...delivery,
      state: "delivered",
      status: Option.some(outcome.status),
      error: Option.none(),
      updatedAt: now
    }
  }
  const pause = outcome._tag === "Failed" ? outcome.pause : undefined
  return {
    ...delivery,
    state: pause === undefined ? "dead" : "pending",
    attempts: delivery.attempts + 1,
    dueAt: DateTime.addDuration(now, pause ?? Duration.zero),
    status: Option.fromNullable(outcome.status),
    error: Option.some(outcome.error),
    updatedAt: now
  }
}

/** Changes the deliveries that match. Returns how many. */
const change = (
  { deliveries }: MemoryWebhooks,
  matches: (delivery: WebhookDelivery) => boolean,
  next: (delivery: WebhookDelivery) => WebhookDelivery
): number => {
  const found = Array.from(deliveries).filter(([, { delivery }]) => matches(delivery))
  for (const [key, { delivery, event }] of found) deliveries.set(key, { event, delivery: next(delivery) })
  return found.length
}

const list = ({ deliveries }: MemoryWebhooks, { endpointId, id, state, ...page }: DeliveryFilter) => {
  const found = Array.from(deliveries.values(), ({ delivery }) => delivery)
    .filter((one) => id === undefined || one.id === id)
    .filter((one) => endpointId === undefined || one.endpointId === endpointId)
    .filter((one) => state === undefined || one.state === state)
  return pageAfter(found, page)
}

/** Disables the endpoint unless its URL has changed since the claim, and gives its other deliveries up. */
const disable = (webhooks: MemoryWebhooks, claimed: WebhookEndpoint, error: string, now: DateTime.Utc): void => {
  const endpoint = webhooks.endpoints.get(claimed.id)
  if (endpoint?.url !== claimed.url) return
  const disabledReason = endpoint.enabled ? Option.some(error) : endpoint.disabledReason
  webhooks.endpoints.set(endpoint.id, { ...endpoint, enabled: false, disabledReason, updatedAt: now })
  const isLeft = (one: WebhookDelivery) => one.endpointId === endpoint.id && one.state === "pending"
  change(webhooks, isLeft, (one) => ({ ...one, state: "dead", error: Option.some(error), updatedAt: now }))
}

const endpointsOf = (webhooks: MemoryWebhooks): WebhookEndpoints => ({
  add: (endpoint) => Effect.sync(() => void webhooks.endpoints.set(endpoint.id, endpoint)),
  change: (id, decide) =>
    Effect.sync(() => {
      const changed = Option.map(Option.fromNullable(webhooks.endpoints.get(id)), decide)
      if (Option.isSome(changed)) webhooks.endpoints.set(id, changed.value)
      return changed
    }),
  remove: (id) =>
    Effect.sync(() => {
      for (const [key, { delivery }] of webhooks.deliveries) {
        if (delivery.endpointId === id) webhooks.deliveries.delete(key)
      }
      return webhooks.endpoints.delete(id)
    }),
  list: Effect.sync(() => Array.from(webhooks.endpoints.values()))
})

/** Webhooks over the given state. */
export const make = (webhooks: MemoryWebhooks): WebhookStore["Type"] =>
  WebhookStore.of({
    endpoints: endpointsOf(webhooks),
    queue: (event) => Effect.map(DateTime.now, (now) => queue(webhooks, event, now)),
    claim: (limit, lease) =>
      Effect.map(DateTime.now, (now) => claim(webhooks, limit, { now, until: DateTime.addDuration(now, lease) })),
    settle: ({ attempts, endpoint, id }, outcome) =>
      Effect.map(DateTime.now, (now) => {
        webhooks.busy.delete(endpoint.id)
        const isCurrent = (one: WebhookDelivery) =>
          one.id === id && one.state === "pending" && one.attempts === attempts
        change(webhooks, isCurrent, (delivery) => settled(delivery, outcome, now))
        if (outcome._tag === "Gone") disable(webhooks, endpoint, outcome.error, now)
      }),
    deliveries: (filter) => Effect.sync(() => list(webhooks, filter)),
    replay: (which) =>
      Effect.map(DateTime.now, (now) => {
        const isMeant = (one: WebhookDelivery) =>
          one.state === "dead" && ("id" in which ? one.id === which.id : one.endpointId === which.endpointId)
        return change(webhooks, isMeant, (one) => ({
          ...one,
          state: "pending",
          attempts: 0,
          dueAt: now,
          updatedAt: now
        }))
      })
  })
