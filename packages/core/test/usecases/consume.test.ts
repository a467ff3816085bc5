import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aVideoId } from "@runner-connector/contracts"
import { Effect, Fiber, Layer, Option, Stream, TestClock } from "effect"
import { maxAttempts } from "../../src/domain/event/DeliverySchedule.ts"
import { type Event, eventTypes } from "../../src/domain/event/Event.ts"
import { EventConsumers } from "../../src/ports/EventConsumers.ts"
import { EventStore } from "../../src/ports/EventStore.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import * as MemoryStores from "../../src/ports/memory/MemoryStores.ts"
import * as ConnectorEvents from "../../src/usecases/events/ConnectorEvents.ts"
import { type Consumer, consume, consumeOnce } from "../../src/usecases/events/consume.ts"

const layer = Layer.provideMerge(ConnectorEvents.layer, MemoryStores.layer)

/** Adds two events of a video, and returns its id. */
const twoEvents = Effect.gen(function* () {
  const store = yield* JobStore
  const videoId = aVideoId()
  const job = aJob({ videoId: Option.some(videoId) })
  yield* store.insert([job])
  yield* store.commit([{ ...job, state: "Processing" }])
  return videoId
})

const videoOf = ({ videoId }: Event): string => Option.getOrElse(videoId, () => "")

/** A consumer that records its events, and fails while the switch is on. */
const noting = () => {
  const heard: Array<string> = []
  const calls: Array<string> = []
  const failing = new Set<string>()
  const consumer: Consumer<string> = {
    name: "test",
    types: new Set(eventTypes),
    timeout: "30 seconds",
    handle: (event) =>
      Effect.suspend(() => {
        calls.push(event.id)
        if (failing.has(videoOf(event))) return Effect.fail("the hook is broken")
        heard.push(`${videoOf(event)} ${event.type}`)
        return Effect.void
      })
  }
  return { consumer, heard, calls, failing }
}

const both = (video: string) => [`${video} job.pending`, `${video} job.accepted`]

/** Delivers what can be delivered now. */
const round = (consumer: Consumer<string>) =>
  Effect.repeat(consumeOnce(consumer, { consumer: consumer.name, owner: "0d9eb2a0-4b5a-4b3e-8f5a-2f2a6a1b7c11" }), {
    while: (more) => more
  })

/** Lets all fibers run as far as they can. */
const settled = Effect.repeatN(TestClock.adjust("1 second"), 4)

describe("a consumer", () => {
  it.scoped("gets every event in order, also those before it started", () =>
    Effect.gen(function* () {
      const { consumer, heard } = noting()
      const first = yield* twoEvents
      yield* consume(consumer)
      const second = yield* twoEvents
      yield* settled
      deepStrictEqual(heard, [...both(first), ...both(second)])
    }).pipe(Effect.provide(layer))
  )

  it.effect("is called again after growing pauses, in order, and does not block other videos", () =>
    Effect.gen(function* () {
      const { calls, consumer, failing, heard } = noting()
      const broken = yield* twoEvents
      failing.add(broken)
      const fine = yield* twoEvents
      yield* round(consumer)
      deepStrictEqual(heard, both(fine))
      assert.lengthOf(calls, 3, "the second event of the broken one waits for the first")
      yield* TestClock.adjust("5 seconds")
      yield* round(consumer)
      assert.lengthOf(calls, 4)
      yield* TestClock.adjust("5 seconds")
      yield* round(consumer)
      assert.lengthOf(calls, 4, "the pauses grow")
      yield* (yield* JobStore).insert([aJob({ videoId: Option.some(broken) })])
      failing.clear()
      yield* round(consumer)
      deepStrictEqual(heard, both(fine), "a new event of the video waits as well")
      yield* TestClock.adjust("25 seconds")
      yield* round(consumer)
      deepStrictEqual(heard, [...both(fine), ...both(broken), `${broken} job.pending`])
    }).pipe(Effect.provide(layer))
  )

  it.effect("gives an event up after a day, goes on with the video, and can retry it", () =>
    Effect.gen(function* () {
      const consumers = yield* EventConsumers
      const { calls, consumer, failing, heard } = noting()
      const broken = yield* twoEvents
      failing.add(broken)
      for (let hours = 0; hours < 30; hours += 1) {
        yield* round(consumer)
        yield* TestClock.adjust("1 hour")
      }
      const [first] = calls
      assert.strictEqual(calls.filter((id) => id === first).length, maxAttempts)
      assert.isAbove(calls.length, maxAttempts)
      failing.clear()
      yield* TestClock.adjust("1 day")
      yield* round(consumer)
      deepStrictEqual(heard, [`${broken} job.accepted`])
      assert.strictEqual(yield* consumers.retry("test"), 1)
      yield* round(consumer)
      deepStrictEqual(heard.slice(1), [`${broken} job.pending`])
    }).pipe(Effect.provide(layer))
  )

  it.scoped("that hangs is interrupted, and counts as failed", () =>
    Effect.gen(function* () {
      const { calls, consumer, heard } = noting()
      const hanging = yield* twoEvents
      const handle = (event: Event) =>
        Effect.zipRight(consumer.handle(event), videoOf(event) === hanging ? Effect.never : Effect.void)
      yield* consume({ ...consumer, handle })
      const fine = yield* twoEvents
      yield* Effect.repeatN(TestClock.adjust("1 second"), 32)
      deepStrictEqual(heard.slice(-2), both(fine))
      assert.isAtLeast(calls.length, 3)
    }).pipe(Effect.provide(layer))
  )

  it.effect("that interrupts itself counts as failed", () =>
    Effect.gen(function* () {
      const { consumer, heard } = noting()
      const broken = yield* twoEvents
      const fine = yield* twoEvents
      const handle = (event: Event) => (videoOf(event) === broken ? Effect.interrupt : consumer.handle(event))
      yield* round({ ...consumer, handle })
      deepStrictEqual(heard, both(fine))
    }).pipe(Effect.provide(layer))
  )

  it.scoped("runs in one process at a time, and another one takes over", () =>
    Effect.gen(function* () {
      const { consumer, heard } = noting()
      const first = yield* Effect.fork(Effect.scoped(Effect.zipRight(consume(consumer), Effect.never)))
      yield* settled
      yield* consume(consumer)
      const before = yield* twoEvents
      yield* settled
      deepStrictEqual(heard, both(before))
      yield* Fiber.interrupt(first)
      const after = yield* twoEvents
      yield* settled
      deepStrictEqual(heard, [...both(before), ...both(after)])
    }).pipe(Effect.provide(layer))
  )
})

describe("ConnectorEvents.stream", () => {
  const take = (after?: Event["cursor"]) =>
    Effect.flatMap(ConnectorEvents.ConnectorEvents, ({ stream }) =>
      Stream.runCollect(Stream.take(stream(after === undefined ? {} : { after }), 2))
    )

  it.effect("begins with the next event", () =>
    Effect.gen(function* () {
      yield* twoEvents
      const taken = yield* Effect.fork(take())
      yield* settled
      const video = yield* twoEvents
      yield* settled
      deepStrictEqual(Array.from(yield* Fiber.join(taken), videoOf), [video, video])
    }).pipe(Effect.provide(layer))
  )

  it.effect("continues after a position", () =>
    Effect.gen(function* () {
      const events = yield* Effect.fork(take())
      yield* settled
      yield* twoEvents
      yield* settled
      const [first] = yield* Fiber.join(events)
      yield* twoEvents
      const found = yield* take(first?.cursor)
      deepStrictEqual(
        Array.from(found, ({ type }) => type),
        ["job.accepted", "job.pending"]
      )
    }).pipe(Effect.provide(layer))
  )

  it.effect("fails when events after the position were removed, and continues after the given one", () =>
    Effect.gen(function* () {
      const { end, prune } = yield* EventStore
      const before = yield* end
      yield* twoEvents
      const [, last] = yield* take(before)
      yield* TestClock.adjust("1 second")
      yield* prune("0 millis", 100)
      const error = yield* Effect.flip(take(before))
      deepStrictEqual([error._tag, "continueAfter" in error && error.continueAfter], ["EventsMissed", last?.cursor])
      const video = yield* twoEvents
      deepStrictEqual(Array.from(yield* take(last?.cursor), videoOf), [video, video])
    }).pipe(Effect.provide(layer))
  )
})
