import { assert, type Vitest, layer as withLayer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { EventStore, Ids, JobStore, type Webhook, WebhookStore } from "@runner-connector/core"
import { Duration, Effect, type Layer, Option } from "effect"
import { eventsOf } from "./eventStore/support.ts"
import { aJob, someMoment } from "./fixtures.ts"
import type { Stores } from "./stores.ts"

type Needs = Stores | EventStore.EventStore | WebhookStore.WebhookStore
type Cases = (it: Vitest.MethodsNonLive<Needs, true>) => void

const anEndpoint = (overrides: Partial<Webhook.WebhookEndpoint> = {}): Webhook.WebhookEndpoint => ({
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

const anEvent = Effect.gen(function* () {
  const [, [event]] = yield* eventsOf((yield* JobStore.JobStore).insert([aJob()]), 1)
  if (event === undefined) throw new Error("There is an event")
  return event
})

/** An endpoint with so many queued events. Removes the endpoints of other tests. */
const queued = (count: number, overrides: Partial<Webhook.WebhookEndpoint> = {}) =>
  Effect.gen(function* () {
    const store = yield* WebhookStore.WebhookStore
    for (const { id } of yield* store.list) yield* store.remove(id)
    const endpoint = anEndpoint(overrides)
    yield* store.save(endpoint)
    const events = yield* Effect.replicateEffect(anEvent, count)
    yield* Effect.forEach(events, store.queue)
    return { store, endpoint, events }
  })

const failed = (pause: Duration.DurationInput | undefined): WebhookStore.DeliveryOutcome => ({
  _tag: "Failed",
  status: 503,
  error: "The endpoint answered 503",
  pause: pause === undefined ? undefined : Duration.decode(pause)
})

const all = { start: 0, count: 100 }

const endpointCases: Cases = (it) => {
  it.effect("keeps endpoints, changes and removes them", () =>
    Effect.gen(function* () {
      const { endpoint, store } = yield* queued(0)
      deepStrictEqual(yield* store.list, [endpoint])
      const changed = anEndpoint({
        id: endpoint.id,
        types: ["video.created"],
        enabled: false,
        url: "http://other.example/"
      })
      yield* store.save(changed)
      deepStrictEqual(yield* store.list, [changed])
      assert.isTrue(yield* store.remove(endpoint.id))
      assert.isFalse(yield* store.remove(endpoint.id))
      deepStrictEqual(yield* store.list, [])
    })
  )

  it.effect("removes the deliveries of an endpoint with it, and no others", () =>
    Effect.gen(function* () {
      const { endpoint, events, store } = yield* queued(1)
      const other = anEndpoint()
      yield* store.save(other)
      yield* Effect.forEach(events, store.queue)
      assert.strictEqual((yield* store.deliveries(all)).total, 2)
      yield* store.remove(endpoint.id)
      const { data } = yield* store.deliveries(all)
      deepStrictEqual(
        data.map(({ endpointId }) => endpointId),
        [other.id]
      )
    })
  )

  it.effect("queues an event once for each endpoint that wants it", () =>
    Effect.gen(function* () {
      const { endpoint, events, store } = yield* queued(1)
      const wanting = anEndpoint({ types: ["job.pending"] })
      yield* store.save(wanting)
      yield* store.save(anEndpoint({ types: ["job.completed"] }))
      yield* store.save(anEndpoint({ enabled: false }))
      yield* Effect.forEach([...events, ...events], store.queue)
      const { data, total } = yield* store.deliveries(all)
      deepStrictEqual(data.map((one) => one.endpointId).sort(), [endpoint.id, wanting.id].sort())
      deepStrictEqual([total, data[0]?.eventId, data[0]?.type], [2, events[0]?.id, "job.pending"])
      deepStrictEqual([data[0]?.state, data[0]?.attempts, data[0]?.status], ["pending", 0, Option.none()])
    })
  )
}

const claimCases: Cases = (it) => {
  it.effect("gives one delivery of each endpoint at a time, in order", () =>
    Effect.gen(function* () {
      const { endpoint, events, store } = yield* queued(2)
      const other = anEndpoint({ id: Ids.WebhookId.make(crypto.randomUUID()) })
      yield* store.save(other)
      yield* Effect.forEach(events, store.queue)
      const claims = yield* Effect.forEach([1, 2, 3, 4], () => store.claim(10, "1 minute"), { concurrency: 4 })
      const claimed = claims.flat()
      deepStrictEqual(claimed.map((one) => one.endpoint.id).sort(), [endpoint.id, other.id].sort())
      const [mine] = claimed.filter((one) => one.endpoint.id === endpoint.id)
      assert.isDefined(mine)
      deepStrictEqual([mine.endpoint, mine.event, mine.attempts], [endpoint, events[0], 0])
      yield* store.settle(mine, { _tag: "Delivered", status: 204 })
      const [next] = yield* store.claim(10, "1 minute")
      deepStrictEqual([next?.endpoint.id, next?.event.id], [endpoint.id, events[1]?.id])
      const { data } = yield* store.deliveries({ ...all, endpointId: endpoint.id, state: "delivered" })
      deepStrictEqual(
        data.map(({ eventId, status }) => [eventId, status]),
        [[events[0]?.id, Option.some(204)]]
      )
    })
  )

  it.effect("gives a delivery again when the lease of a dead process is over", () =>
    Effect.gen(function* () {
      const { store } = yield* queued(1)
      const [first] = yield* store.claim(10, "1 millis")
      yield* Effect.sleep("5 millis")
      const [again] = yield* store.claim(10, "1 minute")
      deepStrictEqual(again, first)
      deepStrictEqual(yield* store.claim(10, "1 minute"), [])
    })
  )

  it.effect("gives nothing of a disabled endpoint", () =>
    Effect.gen(function* () {
      const { endpoint, store } = yield* queued(1)
      yield* store.save({ ...endpoint, enabled: false })
      deepStrictEqual(yield* store.claim(10, "1 minute"), [])
      yield* store.save(endpoint)
      assert.lengthOf(yield* store.claim(10, "1 minute"), 1)
    })
  )
}

const failureCases: Cases = (it) => {
  it.effect("waits for the pause after a failure, and ignores a result that comes too late", () =>
    Effect.gen(function* () {
      const { events, store } = yield* queued(2)
      const [first] = yield* store.claim(1, "1 minute")
      assert.isDefined(first)
      yield* store.settle(first, failed("1 hour"))
      yield* store.settle(first, { _tag: "Delivered", status: 200 })
      const [next] = yield* store.claim(1, "1 minute")
      deepStrictEqual(next?.event.id, events[1]?.id, "the failed one does not hold up the others")
      const { data } = yield* store.deliveries({ ...all, state: "pending" })
      const waiting = data.find(({ id }) => id === first.id)
      deepStrictEqual([waiting?.attempts, waiting?.status], [1, Option.some(503)])
      deepStrictEqual(waiting?.error, Option.some("The endpoint answered 503"))
    })
  )

  it.effect("lists dead deliveries and replays them, one or all", () =>
    Effect.gen(function* () {
      const { endpoint, store } = yield* queued(2)
      for (let n = 0; n < 2; n += 1) {
        const [one] = yield* store.claim(1, "1 minute")
        assert.isDefined(one)
        yield* store.settle(one, failed(undefined))
      }
      deepStrictEqual(yield* store.claim(1, "1 minute"), [])
      const { data } = yield* store.deliveries({ ...all, state: "dead" })
      assert.lengthOf(data, 2)
      assert.strictEqual(yield* store.replay({ id: data[0]?.id ?? "" }), 1)
      const left = yield* store.deliveries({ ...all, state: "dead" })
      deepStrictEqual(
        left.data.map(({ id }) => id),
        [data[1]?.id]
      )
      assert.strictEqual(yield* store.replay({ endpointId: endpoint.id }), 1)
      assert.strictEqual(yield* store.replay({ endpointId: endpoint.id }), 0)
      const [again] = yield* store.claim(1, "1 minute")
      assert.strictEqual(again?.attempts, 0)
    })
  )

  it.effect("keeps events with a pending delivery, and removes them with dead ones", () =>
    Effect.gen(function* () {
      const { store } = yield* queued(1)
      const events = yield* EventStore.EventStore
      const prune = Effect.zipRight(Effect.sleep("2 millis"), events.prune(0, 1000))
      yield* prune
      const [one] = yield* store.claim(1, "1 minute")
      assert.isDefined(one, "it was kept")
      yield* store.settle(one, failed(undefined))
      assert.isAtLeast(yield* prune, 1)
    })
  )
}

const gone: WebhookStore.DeliveryOutcome = { _tag: "Gone", status: 410, error: "The endpoint answered 410 (Gone)" }

const goneCases: Cases = (it) => {
  it.effect("disables an endpoint that is gone with the reason, and gives its deliveries up", () =>
    Effect.gen(function* () {
      const { endpoint, store } = yield* queued(3)
      const other = anEndpoint()
      yield* store.save(other)
      yield* store.queue(yield* anEvent)
      const claimed = yield* store.claim(10, "1 minute")
      const mine = claimed.find((one) => one.endpoint.id === endpoint.id)
      assert.isDefined(mine)
      yield* store.settle(mine, gone)
      const listed = yield* store.list
      const found = listed.find(({ id }) => id === endpoint.id)
      deepStrictEqual([found?.enabled, found?.disabledReason], [false, Option.some(gone.error)])
      deepStrictEqual(
        listed.find(({ id }) => id === other.id),
        other
      )
      const { data } = yield* store.deliveries({ ...all, endpointId: endpoint.id })
      deepStrictEqual(
        data.map(({ attempts, error, id, state, status }) => [state, error, id === mine.id, attempts, status]),
        data.map(({ id }) =>
          id === mine.id
            ? ["dead", Option.some(gone.error), true, 1, Option.some(410)]
            : ["dead", Option.some(gone.error), false, 0, Option.none()]
        )
      )
      assert.strictEqual((yield* store.deliveries({ ...all, endpointId: other.id, state: "pending" })).total, 1)
      assert.strictEqual(yield* store.replay({ endpointId: endpoint.id }), 4)
      deepStrictEqual(yield* store.claim(10, "1 minute"), [])
      yield* store.save(endpoint)
      assert.lengthOf(yield* store.claim(10, "1 minute"), 1, "it was free again")
    })
  )

  it.effect("keeps an endpoint that has got another URL since the claim", () =>
    Effect.gen(function* () {
      const { endpoint, store } = yield* queued(2)
      const [one] = yield* store.claim(1, "1 minute")
      assert.isDefined(one)
      const moved = { ...endpoint, url: "https://other.example/" }
      yield* store.save(moved)
      yield* store.settle(one, gone)
      deepStrictEqual(yield* store.list, [moved])
      const { data } = yield* store.deliveries(all)
      deepStrictEqual(data.map(({ state }) => state).sort(), ["dead", "pending"])
      assert.lengthOf(yield* store.claim(1, "1 minute"), 1)
    })
  )

  it.effect("gives no reason for an endpoint that an administrator has disabled meanwhile", () =>
    Effect.gen(function* () {
      const { endpoint, store } = yield* queued(1)
      const [one] = yield* store.claim(1, "1 minute")
      assert.isDefined(one)
      yield* store.save({ ...endpoint, enabled: false })
      yield* store.settle(one, gone)
      const [stored] = yield* store.list
      deepStrictEqual([stored?.enabled, stored?.disabledReason], [false, Option.none()])
    })
  )
}

/** Contract of every WebhookStore. */
export const webhookStoreContract = <E>(name: string, layer: Layer.Layer<Needs, E>): void =>
  withLayer(layer, { timeout: "2 minutes", excludeTestServices: true })(`WebhookStore: ${name}`, (it) => {
    for (const cases of [endpointCases, claimCases, failureCases, goneCases]) cases(it)
  })
