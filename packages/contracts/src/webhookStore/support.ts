import type { Vitest } from "@effect/vitest"
import {
  type Event,
  type EventStore,
  Ids,
  JobStore,
  type Persistence,
  type Webhook,
  WebhookStore
} from "@runner-connector/core"
import { Duration, Effect, Option } from "effect"
import { eventsOf } from "../eventStore/support.ts"
import { aJob, someMoment } from "../fixtures.ts"
import type { Stores } from "../stores.ts"

export type Needs = Stores | EventStore.EventStore | WebhookStore.WebhookStore
export type Cases = (it: Vitest.MethodsNonLive<Needs, true>) => void

/** An endpoint of a webhook for all events. */
export const anEndpoint = (overrides: Partial<Webhook.WebhookEndpoint> = {}): Webhook.WebhookEndpoint => ({
  id: Ids.WebhookId.make(crypto.randomUUID()),
  url: "https://hooks.example/events?x=1",
  description: "a host's \u{1f9a6}",
  secret: "whsec_c2VjcmV0",
  types: [],
  enabled: true,
  disabledReason: Option.none(),
  createdAt: someMoment,
  updatedAt: someMoment,
  ...overrides
})

export const anEvent: Effect.Effect<
  Event.Event,
  JobStore.JobConflict | Persistence.PersistenceError,
  Stores | EventStore.EventStore
> = Effect.gen(function* () {
  const [, [event]] = yield* eventsOf((yield* JobStore.JobStore).insert([aJob()]), 1)
  if (event === undefined) throw new Error("There is an event")
  return event
})

interface Queued {
  readonly store: WebhookStore.WebhookStore["Type"]
  readonly endpoint: Webhook.WebhookEndpoint
  readonly events: ReadonlyArray<Event.Event>
}

/** An endpoint with so many queued events. Removes the endpoints of other tests. */
export const queued = (
  count: number,
  overrides: Partial<Webhook.WebhookEndpoint> = {}
): Effect.Effect<Queued, JobStore.JobConflict | Persistence.PersistenceError, Needs> =>
  Effect.gen(function* () {
    const store = yield* WebhookStore.WebhookStore
    for (const { id } of yield* store.endpoints.list) yield* store.endpoints.remove(id)
    const endpoint = anEndpoint(overrides)
    yield* store.endpoints.add(endpoint)
    const events = yield* Effect.replicateEffect(anEvent, count)
    yield* Effect.forEach(events, store.queue)
    return { store, endpoint, events }
  })

/** Replaces a stored endpoint by this one. */
export const replace = (
  store: WebhookStore.WebhookStore["Type"],
  endpoint: Webhook.WebhookEndpoint
): Effect.Effect<void, Persistence.PersistenceError> =>
  Effect.asVoid(store.endpoints.change(endpoint.id, () => endpoint))

export const failed = (pause: Duration.DurationInput | undefined): WebhookStore.DeliveryOutcome => ({
  _tag: "Failed",
  status: 503,
  error: "The endpoint answered 503",
  pause: pause === undefined ? undefined : Duration.decode(pause)
})

export const all = { start: 0, count: 100 }
