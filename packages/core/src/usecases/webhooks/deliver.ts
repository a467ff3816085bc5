import { DateTime, Effect, FiberSet, Layer, Queue, Stream } from "effect"
import { pauseAfter } from "../../domain/event/DeliverySchedule.ts"
import { eventTypes } from "../../domain/event/Event.ts"
import { webhookBody } from "../../domain/webhook/webhookBody.ts"
import type { EventConsumers } from "../../ports/EventConsumers.ts"
import type { EventStore } from "../../ports/EventStore.ts"
import { reportTo, StateChanges } from "../../ports/StateChanges.ts"
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

/** Sends one delivery, and returns the result. */
const makeAttempt = Effect.map(
  WebhookSender,
  (sender) =>
    ({ attempts, endpoint, event }: ClaimedDelivery) =>
      Effect.match(
        sender.send({ url: endpoint.url, secret: endpoint.secret, id: event.id, body: webhookBody(event) }),
        {
          onSuccess: (status) => outcomeOf(status, attempts),
          onFailure: ({ message }) => failed(undefined, message, attempts)
        }
      )
)

/** Sends one delivery, stores the result, and reports the attempt. */
const makeDeliver = Effect.gen(function* () {
  const store = yield* WebhookStore
  const attempt = yield* makeAttempt
  const report = reportTo(yield* StateChanges)
  return (delivery: ClaimedDelivery) =>
    Effect.gen(function* () {
      const startedAt = yield* DateTime.now
      const outcome = yield* attempt(delivery)
      const endedAt = yield* DateTime.now
      yield* store.settle(delivery, outcome)
      if (outcome._tag === "Gone") yield* Effect.logWarning("A webhook is disabled, because it answered 410")
      yield* report({ events: [], jobs: [], videos: [], deliveries: [{ delivery, outcome, startedAt, endedAt }] })
    }).pipe(
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
