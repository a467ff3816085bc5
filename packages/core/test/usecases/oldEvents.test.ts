import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob } from "@runner-connector/contracts"
import { Context, DateTime, Duration, Effect, TestClock } from "effect"
import { EventStore } from "../../src/ports/EventStore.ts"
import { insert } from "../support/chain.ts"
import { startProcess } from "../support/Process.ts"
import { makeWorld } from "../support/World.ts"

const retentionEvents = Duration.days(3)

/** A server, and how many events each call of `prune` removed. */
const pruning = Effect.gen(function* () {
  const world = yield* makeWorld
  const removed: Array<number> = []
  const store = Context.get(world.ports, EventStore)
  const prune: typeof store.prune = (...args) =>
    Effect.tap(store.prune(...args), (count) => Effect.sync(() => removed.push(count)))
  const ports = Context.add(world.ports, EventStore, { ...store, prune })
  const server = yield* startProcess({ ...world, ports }, { settings: { retentionEvents } })
  return { removed, server, world }
})

describe("old events", () => {
  it.effect("are removed after their retention, and not before", () =>
    Effect.gen(function* () {
      const { server, world } = yield* pruning
      yield* insert(world, aJob({ state: "Cancelled" }), aJob())
      const { length } = world.state.log.entries()
      assert.isAbove(length, 0)
      yield* TestClock.adjust(retentionEvents)
      yield* server.upkeep
      assert.lengthOf(world.state.log.entries(), length)
      yield* TestClock.adjust("1 millis")
      yield* server.upkeep
      deepStrictEqual(world.state.log.entries(), [])
    })
  )

  it.effect("are removed in batches of 500, and at most 20 of them in a round", () =>
    Effect.gen(function* () {
      const { removed, server, world } = yield* pruning
      const at = yield* DateTime.now
      yield* insert(world, aJob())
      const [entry] = world.state.log.entries()
      assert.isDefined(entry)
      const { cursor, id, ...event } = entry.event
      world.state.log.add(
        Array.from({ length: 10_599 }, () => event as never),
        1,
        at
      )
      yield* TestClock.adjust("4 days")
      yield* server.upkeep
      deepStrictEqual(
        removed.splice(0),
        Array.from({ length: 20 }, () => 500)
      )
      yield* server.upkeep
      deepStrictEqual(removed, [500, 100])
    })
  )
})
