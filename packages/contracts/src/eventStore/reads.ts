import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { EventCursor, EventStore, JobStore, type RunnerJob } from "@runner-connector/core"
import { eventually } from "@runner-connector/core/testing"
import { Deferred, Effect, Fiber, Option, Stream } from "effect"
import { aJob } from "../fixtures.ts"
import { type EventCases, eventsOf, Transactions } from "./support.ts"

const insert = (job: RunnerJob.RunnerJob) => Effect.flatMap(JobStore.JobStore, (store) => store.insert([job]))

const jobsAfter = (cursor: EventCursor.EventCursor) =>
  Effect.gen(function* () {
    const events = yield* (yield* EventStore.EventStore).after(cursor, 100)
    return events.flatMap(({ jobId }) => (jobId._tag === "Some" ? [jobId.value] : []))
  })

const orderCases: EventCases = (it) => {
  it.effect("gives each part of the log in order, and only what comes after the position", () =>
    Effect.gen(function* () {
      const store = yield* EventStore.EventStore
      const jobs = Array.from({ length: 7 }, () => aJob())
      const end = yield* store.end
      yield* eventsOf(Effect.forEach(jobs, insert), 7)
      const read: Array<unknown> = []
      let cursor = end
      for (let part = yield* store.after(cursor, 3); part.length > 0; part = yield* store.after(cursor, 3)) {
        assert.isAtMost(part.length, 3)
        read.push(...part.map(({ jobId }) => (jobId._tag === "Some" ? jobId.value : undefined)))
        cursor = part.at(-1)?.cursor ?? cursor
      }
      deepStrictEqual(
        read,
        jobs.map(({ id }) => id)
      )
      const all = yield* store.after(EventCursor.start, 1000)
      deepStrictEqual(
        all.map((event) => event.cursor),
        [...all.map((event) => event.cursor)].sort(EventCursor.byPosition)
      )
    })
  )

  it.effect("misses no event of a transaction with a smaller number that commits late", () =>
    Effect.gen(function* () {
      const store = yield* EventStore.EventStore
      const transactions = yield* Transactions
      const [slow, quick] = [aJob(), aJob()]
      const [begun, over] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const end = yield* store.end
      const late = yield* insert(slow).pipe(
        Effect.zipRight(Deferred.succeed(begun, undefined)),
        Effect.zipRight(Deferred.await(over)),
        transactions.run,
        Effect.fork
      )
      yield* Deferred.await(begun)
      yield* insert(quick)
      deepStrictEqual(yield* jobsAfter(end), [], "the later transaction waits for the earlier one")
      const during = yield* store.end
      yield* Deferred.succeed(over, undefined)
      yield* Fiber.join(late)
      const found = yield* eventually(jobsAfter(end), (ids) => ids.length === 2)
      deepStrictEqual(found, [slow.id, quick.id])
      deepStrictEqual(yield* jobsAfter(during), found, "the end is before everything that cannot be read yet")
    })
  )

  it.effect("has no event of a transaction that fails", () =>
    Effect.gen(function* () {
      const transactions = yield* Transactions
      const [failed, next] = [aJob(), aJob()]
      const write = Effect.gen(function* () {
        yield* Effect.flip(transactions.run(Effect.zipRight(insert(failed), Effect.fail("rolled back"))))
        yield* insert(next)
      })
      const [, events] = yield* eventsOf(write, 1)
      deepStrictEqual(
        events.map(({ jobId }) => (jobId._tag === "Some" ? jobId.value : undefined)),
        [next.id]
      )
    })
  )

  it.effect("gives a hint after a write", () =>
    Effect.gen(function* () {
      const store = yield* EventStore.EventStore
      const hinted = yield* Effect.fork(Stream.runHead(store.hints))
      // The subscription begins at some time after the fork.
      yield* eventually(
        Effect.zipRight(
          Effect.suspend(() => insert(aJob())),
          Fiber.poll(hinted)
        ),
        (exit) => exit._tag === "Some"
      )
    })
  )
}

const pruneCases: EventCases = (it) => {
  it.effect("removes only events that are old enough, the oldest first", () =>
    Effect.gen(function* () {
      const store = yield* EventStore.EventStore
      yield* eventsOf(insert(aJob()), 1)
      assert.strictEqual(yield* store.prune("1 hour", 1000), 0)
      const before = yield* store.after(EventCursor.start, 1000)
      yield* Effect.sleep("2 millis")
      assert.strictEqual(yield* store.prune("0 millis", 1), 1)
      deepStrictEqual(yield* store.after(EventCursor.start, 1000), before.slice(1))
      yield* store.prune("0 millis", 1000)
      deepStrictEqual(yield* store.after(EventCursor.start, 1000), [])
    })
  )

  it.effect("names the position to continue after when removed events follow the given one", () =>
    Effect.gen(function* () {
      const store = yield* EventStore.EventStore
      const [, events] = yield* eventsOf(Effect.forEach([aJob(), aJob(), aJob()], insert), 3)
      const [first, second, third] = events.map(({ cursor }) => cursor)
      assert.isDefined(first)
      assert.isDefined(second)
      assert.isDefined(third)
      for (const cursor of [first, second, third, yield* store.end]) {
        deepStrictEqual(yield* store.gapAfter(cursor), Option.none(), cursor)
      }
      yield* Effect.sleep("2 millis")
      const older = (yield* store.after(EventCursor.start, 1000)).length - 3
      deepStrictEqual(yield* store.prune("0 millis", older + 2), older + 2)
      for (const cursor of [EventCursor.start, first]) {
        deepStrictEqual(yield* store.gapAfter(cursor), Option.some(second), cursor)
      }
      for (const cursor of [second, third, yield* store.end]) {
        deepStrictEqual(yield* store.gapAfter(cursor), Option.none(), cursor)
      }
    })
  )

  it.effect("refuses positions of the future and of other logs", () =>
    Effect.gen(function* () {
      const store = yield* EventStore.EventStore
      const [, events] = yield* eventsOf(insert(aJob()), 1)
      const [transaction, sequence] = EventCursor.partsOf(events[0]?.cursor ?? EventCursor.start)
      const far = 10n ** 17n
      for (const [one, other] of [
        [far, 0n],
        [far, 1n],
        [transaction, sequence + far]
      ] as const) {
        const cursor = EventCursor.cursorOf(one, other)
        const continueAfter = yield* store.gapAfter(cursor)
        assert.isTrue(Option.isSome(continueAfter), cursor)
        if (Option.isSome(continueAfter)) {
          deepStrictEqual(yield* store.gapAfter(continueAfter.value), Option.none())
          deepStrictEqual(yield* store.after(continueAfter.value, 100), [])
        }
      }
    })
  )
}

/** Contract of reading and pruning. */
export const eventReadCases: EventCases = (it) => {
  for (const cases of [orderCases, pruneCases]) cases(it)
}
