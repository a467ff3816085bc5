import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Ids } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { allAfter, idsOf } from "../stores.ts"
import { all, anEndpoint, anEvent, type Cases, queued, replace } from "./support.ts"

export const endpointCases: Cases = (it) => {
  it.effect("keeps endpoints, changes and removes them", () =>
    Effect.gen(function* () {
      const { endpoint, store } = yield* queued(0)
      deepStrictEqual(yield* store.endpoints.list, [endpoint])
      const changed = anEndpoint({
        id: endpoint.id,
        types: ["video.created"],
        enabled: false,
        url: "http://other.example/"
      })
      deepStrictEqual(
        yield* store.endpoints.change(endpoint.id, (before) => {
          deepStrictEqual(before, endpoint)
          return changed
        }),
        Option.some(changed)
      )
      deepStrictEqual(yield* store.endpoints.list, [changed])
      assert.isTrue(yield* store.endpoints.remove(endpoint.id))
      assert.isFalse(yield* store.endpoints.remove(endpoint.id))
      deepStrictEqual(yield* store.endpoints.change(endpoint.id, () => changed), Option.none())
      deepStrictEqual(yield* store.endpoints.list, [])
    })
  )

  it.effect("loses none of many simultaneous changes", () =>
    Effect.gen(function* () {
      const { endpoint, store } = yield* queued(0)
      const letters = Array.from("abcdefghij")
      const add = (letter: string) =>
        store.endpoints.change(endpoint.id, (before) => ({ ...before, description: before.description + letter }))
      yield* Effect.forEach(letters, add, { concurrency: "unbounded" })
      const [stored] = yield* store.endpoints.list
      const added = stored?.description.slice(endpoint.description.length) ?? ""
      deepStrictEqual(Array.from(added).sort(), letters)
    })
  )

  it.effect("removes the deliveries of an endpoint with it, and no others", () =>
    Effect.gen(function* () {
      const { endpoint, events, store } = yield* queued(1)
      const other = anEndpoint()
      yield* store.endpoints.add(other)
      yield* Effect.forEach(events, store.queue)
      assert.strictEqual((yield* store.deliveries(all)).total, 2)
      yield* store.endpoints.remove(endpoint.id)
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
      yield* store.endpoints.add(wanting)
      yield* store.endpoints.add(anEndpoint({ types: ["job.completed"] }))
      yield* store.endpoints.add(anEndpoint({ enabled: false }))
      yield* Effect.forEach([...events, ...events], store.queue)
      const { data, total } = yield* store.deliveries(all)
      deepStrictEqual(data.map((one) => one.endpointId).sort(), [endpoint.id, wanting.id].sort())
      deepStrictEqual([total, data[0]?.eventId, data[0]?.type], [2, events[0]?.id, "job.pending"])
      deepStrictEqual([data[0]?.state, data[0]?.attempts, data[0]?.status], ["pending", 0, Option.none()])
    })
  )
}

export const deliveryListCases: Cases = (it) => {
  it.effect("lists each delivery once behind another one", () =>
    Effect.gen(function* () {
      const { store } = yield* queued(3)
      yield* store.endpoints.add(anEndpoint())
      for (let n = 0; n < 2; n += 1) yield* Effect.flatMap(anEvent, store.queue)
      const before = yield* store.deliveries(all)
      const arrive = Effect.flatMap(anEvent, store.queue)
      const rows = yield* allAfter(store.deliveries, 2, arrive)
      deepStrictEqual(idsOf(rows), idsOf(before.data))
      assert.strictEqual(before.total, 7)
      const [first] = rows
      assert.strictEqual((yield* store.deliveries({ ...all, id: first?.id ?? "" })).total, 1)
      deepStrictEqual((yield* store.deliveries({ ...all, after: crypto.randomUUID() })).data, [])
    })
  )
}

export const claimCases: Cases = (it) => {
  it.effect("gives one delivery of each endpoint at a time, in order", () =>
    Effect.gen(function* () {
      const { endpoint, events, store } = yield* queued(2)
      const other = anEndpoint({ id: Ids.WebhookId.make(crypto.randomUUID()) })
      yield* store.endpoints.add(other)
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
      yield* replace(store, { ...endpoint, enabled: false })
      deepStrictEqual(yield* store.claim(10, "1 minute"), [])
      yield* replace(store, endpoint)
      assert.lengthOf(yield* store.claim(10, "1 minute"), 1)
    })
  )
}
