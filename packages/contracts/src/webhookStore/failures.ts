import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { EventStore, type WebhookStore } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { all, anEndpoint, anEvent, type Cases, failed, queued, replace } from "./support.ts"

export const failureCases: Cases = (it) => {
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

export const goneCases: Cases = (it) => {
  it.effect("disables an endpoint that is gone with the reason, and gives its deliveries up", () =>
    Effect.gen(function* () {
      const { endpoint, store } = yield* queued(3)
      const other = anEndpoint()
      yield* store.endpoints.add(other)
      yield* store.queue(yield* anEvent)
      const claimed = yield* store.claim(10, "1 minute")
      const mine = claimed.find((one) => one.endpoint.id === endpoint.id)
      assert.isDefined(mine)
      yield* store.settle(mine, gone)
      const listed = yield* store.endpoints.list
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
      yield* replace(store, endpoint)
      assert.lengthOf(yield* store.claim(10, "1 minute"), 1, "it was free again")
    })
  )

  it.effect("keeps an endpoint that has got another URL since the claim", () =>
    Effect.gen(function* () {
      const { endpoint, store } = yield* queued(2)
      const [one] = yield* store.claim(1, "1 minute")
      assert.isDefined(one)
      const moved = { ...endpoint, url: "https://other.example/" }
      yield* replace(store, moved)
      yield* store.settle(one, gone)
      deepStrictEqual(yield* store.endpoints.list, [moved])
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
      yield* replace(store, { ...endpoint, enabled: false })
      yield* store.settle(one, gone)
      const [stored] = yield* store.endpoints.list
      deepStrictEqual([stored?.enabled, stored?.disabledReason], [false, Option.none()])
    })
  )
}
