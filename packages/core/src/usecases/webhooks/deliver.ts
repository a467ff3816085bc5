import { Effect, FiberSet, Layer, Queue, Stream } from "effect"
import { pauseAfter } from "../../domain/event/DeliverySchedule.ts"
import { eventTypes } from "../../domain/event/Event.ts"
import { webhookBody } from "../../domain/webhook/webhookBody.ts"
import type { EventConsumers } from "../../ports/EventConsumers.ts"
import type { EventStore } from "../../ports/EventStore.ts"
import { WebhookSender } from "../../ports/WebhookSender.ts"
import { type ClaimedDelivery, type DeliveryOutcome, WebhookStore } from "../../ports/WebhookStore.ts"
import { consume } from "../events/consume.ts"
import { ticks } from "../events/ticks.ts"

/** Deliveries of one process at once, each to another endpoint. */
const SLOTS = 20

/** Longer than a sender takes. After it, the delivery of a dead process is made again. */
const LEASE = "2 minutes"

/** The answer of an endpoint that wants no more deliveries, as in Standard Webhooks. */
const GONE = 410

const failed = (status: number | undefined, error: string, attempts: number): DeliveryOutcome => ({
  _tag: "Failed",
  status,
  error,
  pause: pauseAfter(attempts + 1)
})

const outcomeOf = (status: number, attempts: number): DeliveryOutcome => {
  if (status >= 200 && status < 300) return { _tag: "Delivered", status }
  if (status === GONE) return { _tag: "Gone", status, error: "The endpoint answered 410 (Gone)" }
  const isRedirect = status >= 300 && status < 400
  return failed(status, isRedirect ? "Redirects are not followed" : `The endpoint answered ${status}`, attempts)
}

/** Sends one delivery and stores the result. */
const makeDeliver = Effect.gen(function* () {
  const store = yield* WebhookStore
  const sender = yield* WebhookSender
  return (delivery: ClaimedDelivery) =>
    sender
      .send({
        url: delivery.endpoint.url,
        secret: delivery.endpoint.secret,
        id: delivery.event.id,
        body: webhookBody(delivery.event)
      })
      .pipe(
        Effect.match({
          onSuccess: (status) => outcomeOf(status, delivery.attempts),
          onFailure: ({ message }) => failed(undefined, message, delivery.attempts)
        }),
        Effect.flatMap((outcome) =>
          Effect.zipRight(
            store.settle(delivery, outcome),
            outcome._tag === "Gone" ? Effect.logWarning("A webhook is disabled, because it answered 410") : Effect.void
          )
        ),
        Effect.catchAllCause((cause) => Effect.logWarning("A webhook is delivered again later", cause)),
        Effect.annotateLogs({ endpoint: delivery.endpoint.id, event: delivery.event.id }),
        Effect.withSpan("Webhooks.deliver")
      )
})

/** Sends what is due, at most one delivery for each endpoint at a time. */
const makeSend = Effect.gen(function* () {
  const store = yield* WebhookStore
  const deliver = yield* makeDeliver
  const running = yield* FiberSet.make<void>()
  const freed = yield* Queue.sliding<void>(1)

  const round = Effect.gen(function* () {
    const free = SLOTS - (yield* FiberSet.size(running))
    const claimed = free > 0 ? yield* store.claim(free, LEASE) : []
    yield* Effect.forEach(claimed, (delivery) =>
      FiberSet.run(running, Effect.ensuring(deliver(delivery), Queue.offer(freed, undefined)))
    )
  }).pipe(Effect.catchAllCause((cause) => Effect.logWarning("Webhooks are delivered later", cause)))

  return Effect.map(ticks, (wakes) => Stream.runForEach(Stream.merge(wakes, Stream.fromQueue(freed)), () => round))
})

/** Queues the events for the endpoints, and sends what is due, until the layer ends. Every process may run it. */
export const layerLoop: Layer.Layer<never, never, EventStore | EventConsumers | WebhookStore | WebhookSender> =
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const store = yield* WebhookStore
      yield* consume({
        name: "webhooks",
        types: new Set(eventTypes),
        handle: store.queue,
        timeout: "30 seconds"
      })
      const send = yield* Effect.flatten(makeSend)
      yield* Effect.forkScoped(send)
    })
  )
