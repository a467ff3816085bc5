import { assert, type Vitest, layer as withLayer } from "@effect/vitest"
import { assertNone, deepStrictEqual } from "@effect/vitest/utils"
import { Event, EventConsumers, EventCursor, EventStore, JobStore } from "@runner-connector/core"
import { Duration, Effect, type Layer, Option } from "effect"
import { eventsOf } from "./eventStore/support.ts"
import { aJob } from "./fixtures.ts"
import type { Stores } from "./stores.ts"

type Needs = Stores | EventStore.EventStore | EventConsumers.EventConsumers

const aClaim = (consumer: string = crypto.randomUUID()): EventConsumers.Claim => ({
  consumer,
  owner: crypto.randomUUID()
})

/** Two events of one job. */
const twoEvents = Effect.gen(function* () {
  const store = yield* JobStore.JobStore
  const job = aJob()
  const write = Effect.zipRight(store.insert([job]), store.commit([{ ...job, state: "Processing" }]))
  const [, [first, second]] = yield* eventsOf(write, 2)
  if (first === undefined || second === undefined) throw new Error("There are two events")
  return [first, second] as const
})

const failure = (pause: Duration.DurationInput | undefined, attempts = 1): EventConsumers.Failure => ({
  attempts,
  error: "a hook failed\0",
  pause: pause === undefined ? undefined : Duration.decode(pause)
})

const statusOf = (consumer: string) =>
  Effect.gen(function* () {
    const all = yield* (yield* EventConsumers.EventConsumers).list
    const status = all.find(({ name }) => name === consumer)
    return status === undefined ? undefined : { postponed: status.postponed, givenUp: status.givenUp }
  })

type Cases = (it: Vitest.MethodsNonLive<Needs, true>) => void

const claimCases: Cases = (it) => {
  it.effect("gives a new consumer to one process, before all events", () =>
    Effect.gen(function* () {
      const consumers = yield* EventConsumers.EventConsumers
      const name = crypto.randomUUID()
      const claims = Array.from({ length: 5 }, () => aClaim(name))
      const owned = yield* Effect.forEach(claims, (claim) => consumers.claim(claim, "1 minute"), {
        concurrency: "unbounded"
      })
      deepStrictEqual(owned.flatMap(Option.toArray), [EventCursor.start])
    })
  )

  it.effect("renews the lease of the owner, and lets others take over after its silence or release", () =>
    Effect.gen(function* () {
      const consumers = yield* EventConsumers.EventConsumers
      const first = aClaim()
      const [second, third] = [aClaim(first.consumer), aClaim(first.consumer)]
      yield* consumers.claim(first, "1 minute")
      assert.isTrue(Option.isSome(yield* consumers.claim(first, "1 millis")))
      yield* Effect.sleep("5 millis")
      assert.isTrue(Option.isSome(yield* consumers.claim(second, "1 minute")))
      assertNone(yield* consumers.claim(first, "1 minute"))
      yield* consumers.release(first)
      assertNone(yield* consumers.claim(third, "1 minute"))
      yield* consumers.release(second)
      assert.isTrue(Option.isSome(yield* consumers.claim(third, "1 minute")))
    })
  )

  it.effect("keeps the position, and lets only the owner move it", () =>
    Effect.gen(function* () {
      const consumers = yield* EventConsumers.EventConsumers
      const [event, next] = yield* twoEvents
      const [owner, other] = [aClaim(), aClaim()]
      yield* consumers.claim(owner, "1 minute")
      assert.isTrue(yield* consumers.advance(owner, event))
      assert.isFalse(yield* consumers.advance({ ...other, consumer: owner.consumer }, next))
      assert.isFalse(yield* consumers.advance({ ...other, consumer: owner.consumer }, next, failure("1 second")))
      assert.isFalse(yield* consumers.advance(other, event))
      deepStrictEqual(yield* consumers.claim(owner, "1 minute"), Option.some(event.cursor))
      deepStrictEqual(yield* statusOf(owner.consumer), { postponed: 0, givenUp: 0 })
    })
  )
}

const postponedCases: Cases = (it) => {
  it.effect("shows the first postponed event of a subject, and the next one after that", () =>
    Effect.gen(function* () {
      const consumers = yield* EventConsumers.EventConsumers
      const [first, second] = yield* twoEvents
      const claim = aClaim()
      yield* consumers.claim(claim, "1 minute")
      yield* consumers.advance(claim, first, failure("1 hour"))
      yield* consumers.advance(claim, second, failure(0, 0))
      const subject = Event.subjectOf(first)
      const waiting = yield* consumers.postponed(claim.consumer)
      deepStrictEqual(waiting, [{ event: first, subject, attempts: 1, isDue: false }])
      yield* consumers.settle(claim, first, failure(0, 2))
      deepStrictEqual(yield* consumers.postponed(claim.consumer), [{ event: first, subject, attempts: 2, isDue: true }])
      assert.isFalse(yield* consumers.settle({ ...claim, owner: crypto.randomUUID() }, first))
      assert.isTrue(yield* consumers.settle(claim, first))
      deepStrictEqual(yield* consumers.postponed(claim.consumer), [
        { event: second, subject, attempts: 0, isDue: true }
      ])
    })
  )

  it.effect("lists events that were given up, and retries them on demand", () =>
    Effect.gen(function* () {
      const consumers = yield* EventConsumers.EventConsumers
      const [event] = yield* twoEvents
      const claim = aClaim()
      yield* consumers.claim(claim, "1 minute")
      yield* consumers.advance(claim, event, failure(undefined, 11))
      deepStrictEqual(yield* consumers.postponed(claim.consumer), [])
      deepStrictEqual(yield* statusOf(claim.consumer), { postponed: 0, givenUp: 1 })
      assert.strictEqual(yield* consumers.retry(crypto.randomUUID()), 0)
      assert.strictEqual(yield* consumers.retry(claim.consumer), 1)
      const [again] = yield* consumers.postponed(claim.consumer)
      deepStrictEqual([again?.event.id, again?.attempts, again?.isDue], [event.id, 0, true])
      assert.strictEqual(yield* consumers.retry(claim.consumer), 0)
    })
  )
}

const settleCases: Cases = (it) => {
  it.effect("keeps its position when an earlier event is settled, and counts what waits and what was given up", () =>
    Effect.gen(function* () {
      const consumers = yield* EventConsumers.EventConsumers
      const [first, second] = yield* twoEvents
      const [third] = yield* twoEvents
      const claim = aClaim()
      yield* consumers.claim(claim, "1 minute")
      yield* consumers.advance(claim, first, failure("1 hour"))
      yield* consumers.advance(claim, second, failure(undefined, 11))
      yield* consumers.advance(claim, third, failure(undefined, 11))
      deepStrictEqual(yield* statusOf(claim.consumer), { postponed: 1, givenUp: 2 })
      yield* consumers.settle(claim, first)
      deepStrictEqual(yield* statusOf(claim.consumer), { postponed: 0, givenUp: 2 })
      deepStrictEqual(yield* consumers.claim(claim, "1 minute"), Option.some(third.cursor))
    })
  )
}

const retentionCases: Cases = (it) => {
  it.effect("keeps events that a consumer still needs", () =>
    Effect.gen(function* () {
      const consumers = yield* EventConsumers.EventConsumers
      const store = yield* EventStore.EventStore
      const [first, second] = yield* twoEvents
      for (const { name } of yield* consumers.list) yield* consumers.forget(name)
      const kept = Effect.map(store.after(EventCursor.start, 1000), (all) => all.map(({ id }) => id))
      const prune = Effect.zipRight(Effect.sleep("2 millis"), store.prune(0, 1000))
      const claim = aClaim()
      yield* consumers.claim(claim, "1 minute")
      assert.strictEqual(yield* prune, 0, "it has processed none")
      yield* consumers.advance(claim, first, failure("1 hour"))
      yield* consumers.advance(claim, second, failure(undefined))
      yield* prune
      deepStrictEqual(yield* kept, [first.id], "it has postponed one and given the other one up")
      yield* consumers.settle(claim, first, failure(undefined))
      assert.strictEqual(yield* prune, 1, "it has given it up")
      deepStrictEqual(yield* kept, [])
      assert.isTrue(yield* consumers.forget(claim.consumer))
      assert.isFalse(yield* consumers.forget(claim.consumer))
    })
  )
}

/** Contract of every store of event consumers. */
export const eventConsumersContract = <E>(name: string, layer: Layer.Layer<Needs, E>): void =>
  withLayer(layer, { timeout: "5 minutes", excludeTestServices: true })(`EventConsumers: ${name}`, (it) => {
    for (const cases of [claimCases, postponedCases, settleCases, retentionCases]) cases(it)
  })
