import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob } from "@runner-connector/contracts"
import { Chunk, Effect, Fiber, Layer, Stream, TestClock } from "effect"
import { EventConsumers } from "../../src/ports/EventConsumers.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import * as MemoryStores from "../../src/ports/memory/MemoryStores.ts"
import * as ConnectorEvents from "../../src/usecases/events/ConnectorEvents.ts"
import { type Consumer, consumeOnce } from "../../src/usecases/events/consume.ts"

const layer = Layer.provideMerge(ConnectorEvents.layer, MemoryStores.layer)

/** Adds this many events, each of a job of its own. */
const addEvents = (count: number) =>
  Effect.flatMap(JobStore, (store) =>
    Effect.repeatN(
      Effect.suspend(() => store.insert([aJob()])),
      count - 1
    )
  )

const settled = Effect.repeatN(TestClock.adjust("1 second"), 4)

const consumerOf = (...types: ReadonlyArray<"job.pending" | "runner.removed">) => {
  const heard: Array<string> = []
  const consumer: Consumer<never> = {
    ...{ name: "test", types: new Set(types), timeout: "30 seconds" },
    handle: ({ id }) => Effect.sync(() => void heard.push(id))
  }
  return { consumer, heard }
}

const claimOf = (owner: string) => ({ consumer: "test", owner })

describe("a stream of events", () => {
  it.effect("has each event once, however they arrive", () =>
    Effect.gen(function* () {
      const { stream } = yield* ConnectorEvents.ConnectorEvents
      const taken = yield* Effect.fork(Stream.runCollect(Stream.take(stream(), 3)))
      yield* settled
      for (let events = 0; events < 3; events++) {
        yield* addEvents(1)
        yield* settled
      }
      const ids = Array.from(Chunk.toReadonlyArray(yield* Fiber.join(taken)), ({ id }) => id)
      assert.strictEqual(new Set(ids).size, 3)
    }).pipe(Effect.provide(layer))
  )
})

describe("a consumer", () => {
  it.effect("that another process owns gets nothing", () =>
    Effect.gen(function* () {
      const { consumer, heard } = consumerOf("job.pending")
      yield* addEvents(1)
      assert.isFalse(yield* consumeOnce(consumer, claimOf("one")))
      yield* addEvents(1)
      assert.isFalse(yield* consumeOnce(consumer, claimOf("two")))
      assert.lengthOf(heard, 1)
    }).pipe(Effect.provide(layer))
  )

  it.effect("stores its position once behind events of other types", () =>
    Effect.gen(function* () {
      const consumers = yield* EventConsumers
      let moves = 0
      const advance: typeof consumers.advance = (...args) =>
        Effect.suspend(() => {
          moves += 1
          return consumers.advance(...args)
        })
      const { consumer, heard } = consumerOf("runner.removed")
      yield* addEvents(20)
      const round = consumeOnce(consumer, claimOf("one"))
      const counted = Effect.provideService(round, EventConsumers, { ...consumers, advance })
      yield* counted
      deepStrictEqual([moves, heard], [1, []])
      yield* counted
      assert.strictEqual(moves, 1, "it is behind all of them")
    }).pipe(Effect.provide(layer))
  )

  it.effect("reads a hundred events at a time, and says when there may be more", () =>
    Effect.gen(function* () {
      const { consumer, heard } = consumerOf("job.pending")
      yield* addEvents(101)
      const round = consumeOnce(consumer, claimOf("one"))
      deepStrictEqual([yield* round, heard.length], [true, 100])
      deepStrictEqual([yield* round, heard.length], [false, 101])
    }).pipe(Effect.provide(layer))
  )
})
