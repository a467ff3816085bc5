import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { demandFor, eventually } from "@runner-connector/contracts"
import { Ids } from "@runner-connector/core"
import { Effect, Either, TestClock } from "effect"
import { decodeMessage, rosterMessages } from "../src/cluster/messages.ts"
import { Roster } from "../src/cluster/Roster.ts"
import { type Member, pingsOf, processes, reminder } from "./support/processes.ts"

type Started = Effect.Effect.Success<ReturnType<typeof processes>>["all"][number]

const two = Effect.map(processes(2), ({ all, ...rest }) => ({ ...rest, all: all as [Started, Started] }))

/** Longer than the interval of the lists, so that every process knows all runners. */
const settle = TestClock.adjust("2 seconds")

/** Waits until the runner has so many pings. The last one is sent after all others. */
const flush = (process: Started, { id, pings }: Member, total: number) =>
  Effect.gen(function* () {
    yield* process.notifier.recall(id)
    yield* TestClock.adjust("1 second")
    yield* eventually(pings, (count) => count >= total)
  })

it.scoped("pings a runner that is connected to another process only", () =>
  Effect.gen(function* () {
    const { all } = yield* two
    const [first, second] = all
    const members = yield* second.join(1)
    yield* settle
    yield* first.notifier.availableJobs(demandFor(1))
    yield* eventually(pingsOf(members), (pings) => pings === 1)
  })
)

it.scoped("pings as many runners of all processes as there are jobs plus four", () =>
  Effect.gen(function* () {
    const { all } = yield* processes(3)
    const members = (yield* Effect.forEach(all, ({ join }) => join(5))).flat()
    yield* settle
    const [first, second] = all as [Started, Started]
    yield* first.notifier.availableJobs(demandFor(2))
    yield* eventually(pingsOf(members), (pings) => pings === 6)
    // A job of another process pings the runners that were not pinged yet.
    yield* second.notifier.availableJobs(demandFor(5))
    yield* eventually(pingsOf(members), (pings) => pings === 15)
    deepStrictEqual(yield* Effect.forEach(members, ({ pings }) => pings), Array(15).fill(1))
  })
)

it.scoped("prefers an idle runner of another process", () =>
  Effect.gen(function* () {
    const { all, busy } = yield* two
    const [first, second] = all
    const own = yield* first.join(5)
    const others = yield* second.join(5)
    yield* settle
    for (const { id } of own) busy.add(id)
    yield* first.notifier.availableJobs(demandFor(1))
    yield* eventually(pingsOf(others), (pings) => pings === 5)
    assert.strictEqual(yield* pingsOf(own), 0)
  })
)

it.scoped("divides reminders among the processes, also when no message arrives", () =>
  Effect.gen(function* () {
    const { all, hub } = yield* two
    const members = (yield* Effect.forEach(all, ({ join }) => join(10))).flat()
    yield* TestClock.adjust("10 seconds")
    hub.isCut = true
    for (const { notifier } of all) yield* notifier.availableJobs(reminder(1))
    yield* eventually(pingsOf(members), (pings) => pings === 6)
    const [own, other] = [members.slice(0, 10), members.slice(10)]
    deepStrictEqual([yield* pingsOf(own), yield* pingsOf(other)], [3, 3])
  })
)

it.scoped("reminds all of its runners of a job when the other processes have been silent for 7 seconds", () =>
  Effect.gen(function* () {
    const { all, hub } = yield* two
    const [first, second] = all
    const members = yield* first.join(10)
    yield* second.join(10)
    hub.isCut = true
    yield* TestClock.adjust("10 seconds")
    yield* first.notifier.availableJobs(reminder(1))
    yield* eventually(pingsOf(members), (pings) => pings === 5)
  })
)

it.scoped("does not count the runners of a process that has ended", () =>
  Effect.gen(function* () {
    const { all } = yield* two
    const [first, second] = all
    const [own, others] = [yield* first.join(5), yield* second.join(5)]
    yield* settle
    yield* first.notifier.availableJobs(demandFor(1))
    yield* eventually(pingsOf([...own, ...others]), (pings) => pings === 5)
    yield* second.stop
    yield* TestClock.adjust("1 second")
    const before = yield* pingsOf(own)
    yield* first.notifier.availableJobs(demandFor(1))
    yield* eventually(pingsOf(own), (pings) => pings === before + 5)
  })
)

it.scoped("ignores messages that it does not know, and does not repeat those that it receives", () =>
  Effect.gen(function* () {
    const { all, hub } = yield* two
    const [first, second] = all
    const [member] = yield* second.join(1)
    if (member === undefined) return assert.fail("no runner")
    yield* settle
    for (const message of [null, "Ping", { _tag: "Other" }, { _tag: "Ping", ids: [1.5] }, { _tag: "Ping" }])
      hub.send(message)
    yield* first.notifier.availableJobs(demandFor(1))
    yield* flush(first, member, 2)
    assert.strictEqual(yield* member.pings, 2)
    const pings = hub.sent.filter((message) => JSON.stringify(message).includes('"Ping"'))
    assert.lengthOf(pings, 2)
  })
)

it.scoped("lists more runners than fit into one message", () =>
  Effect.gen(function* () {
    const ids = Array.from({ length: 1200 }, (_, index) => Ids.RunnerId.make(1000 - index + 200))
    const roster = new Roster()
    const messages = rosterMessages("first", ids)
    assert.lengthOf(messages, 3)
    for (const message of messages) {
      assert.isBelow(JSON.stringify(message).length, 8000)
      deepStrictEqual(decodeMessage(JSON.parse(JSON.stringify(message))), Either.right(message))
      roster.update(message, 0)
    }
    deepStrictEqual(new Set(roster.ids), new Set(ids))
    for (const message of rosterMessages("first", ids.slice(0, 10))) roster.update(message, 0)
    deepStrictEqual(new Set(roster.ids), new Set(ids.slice(0, 10)))
    for (const message of rosterMessages("first", [])) roster.update(message, 0)
    assert.strictEqual(roster.size, 0)
  })
)

it.scoped("recalls a runner that is connected to another process", () =>
  Effect.gen(function* () {
    const { all } = yield* two
    const [first, second] = all
    const [member, other] = yield* second.join(2)
    yield* settle
    if (member === undefined || other === undefined) return assert.fail("no runner")
    yield* first.notifier.recall(member.id)
    yield* TestClock.adjust("1 second")
    yield* eventually(member.pings, (pings) => pings === 1)
    assert.strictEqual(yield* other.pings, 0)
  })
)

it.scoped("disconnects a removed runner at another process, after a ping", () =>
  Effect.gen(function* () {
    const { all, store } = yield* two
    const [first, second] = all
    const [member, other] = yield* second.join(2)
    if (member === undefined || other === undefined) return assert.fail("no runner")
    yield* store.remove(member.id)
    yield* first.notifier.runnerRemoved(member.id, { ping: true })
    yield* eventually(member.connected, (is) => !is)
    deepStrictEqual([yield* member.pings, yield* member.disconnects], [1, ["io server disconnect"]])
    assert.isTrue(yield* other.connected)
  })
)
