import { Context, type Duration, type Effect, type Option } from "effect"
import type { Event } from "../domain/event/Event.ts"
import type { WebhookId } from "../domain/Ids.ts"
import type { DeliveryState, WebhookDelivery, WebhookEndpoint } from "../domain/webhook/Webhook.ts"
import type { Page, PageAfterRequest, PersistenceError } from "./PersistenceError.ts"

/** A delivery in the hands of a process. */
export interface ClaimedDelivery {
  readonly id: WebhookDelivery["id"]
  readonly endpoint: WebhookEndpoint
  readonly event: Event
  /** Failed attempts so far. */
  readonly attempts: number
}

/**
 * The result of an attempt. `pause` is undefined when the delivery is given up. `Gone`: the endpoint refuses all further
 * deliveries.
 */
export type DeliveryOutcome =
  | { readonly _tag: "Delivered"; readonly status: number }
  | {
      readonly _tag: "Failed"
      readonly status: number | undefined
      readonly error: string
      readonly pause: Duration.Duration | undefined
    }
  | { readonly _tag: "Gone"; readonly status: number; readonly error: string }

/** The requested part of the deliveries, newest first. */
export interface DeliveryFilter extends PageAfterRequest<WebhookDelivery["id"]> {
  readonly id?: WebhookDelivery["id"]
  readonly endpointId?: WebhookId
  readonly state?: DeliveryState
}

/** Stores the endpoints. */
export interface WebhookEndpoints {
  /** Adds an endpoint with a new id. */
  readonly add: (endpoint: WebhookEndpoint) => Effect.Effect<void, PersistenceError>
  /**
   * Replaces the endpoint by what the function makes of it, and returns it. Changes of one endpoint happen one after
   * another. A removed endpoint stays removed: the result is None. The function must not change `id` or `createdAt`, and
   * may be called again.
   */
  readonly change: (
    id: WebhookId,
    decide: (endpoint: WebhookEndpoint) => WebhookEndpoint
  ) => Effect.Effect<Option.Option<WebhookEndpoint>, PersistenceError>
  /** Removes the endpoint with its deliveries. False when it is not there. */
  readonly remove: (id: WebhookId) => Effect.Effect<boolean, PersistenceError>
  /** All endpoints in the order of their creation. */
  readonly list: Effect.Effect<ReadonlyArray<WebhookEndpoint>, PersistenceError>
}

/** Stores webhook endpoints and their deliveries. */
export class WebhookStore extends Context.Tag("@runner-connector/core/WebhookStore")<
  WebhookStore,
  {
    readonly endpoints: WebhookEndpoints
    /** Adds a delivery of the event for each endpoint that wants it. An endpoint that has one gets no second one. */
    readonly queue: (event: Event) => Effect.Effect<void, PersistenceError>
    /**
     * Takes the first due delivery of each endpoint that has none in hand; at most `limit`. An endpoint has one delivery
     * in hand at a time in all processes, until it is settled or the lease is over.
     */
    readonly claim: (
      limit: number,
      lease: Duration.DurationInput
    ) => Effect.Effect<ReadonlyArray<ClaimedDelivery>, PersistenceError>
    /**
     * Stores the result of an attempt. `Gone` also disables the endpoint, with the error as its reason, and makes its
     * pending deliveries dead; unless the endpoint has got another URL since the claim.
     */
    readonly settle: (delivery: ClaimedDelivery, outcome: DeliveryOutcome) => Effect.Effect<void, PersistenceError>
    readonly deliveries: (filter: DeliveryFilter) => Effect.Effect<Page<WebhookDelivery>, PersistenceError>
    /** Makes dead deliveries pending again: this one, or all of the endpoint. Returns how many. */
    readonly replay: (
      which: { readonly id: WebhookDelivery["id"] } | { readonly endpointId: WebhookId }
    ) => Effect.Effect<number, PersistenceError>
  }
>() {}
