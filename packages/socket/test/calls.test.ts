import { it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { availableJobs, demandFor, eventually } from "@runner-connector/contracts"
import { RunnerNotifier } from "@runner-connector/core"
import { Array as Arr, Effect, Ref, TestClock } from "effect"
import { connect } from "./support/clients.ts"
import { Host, notifierOn } from "./support/hosts.ts"
import { Database, registered } from "./support/runners.ts"

/** Connected runners and the numbers of their pings. */
const fleet = (size: number) =>
  Effect.gen(function* () {
    const { port } = yield* Host
    const clients = yield* Effect.replicateEffect(
      Effect.flatMap(registered(), (token) => connect(port, token)),
      size
    )
    yield* Effect.forEach(clients, ({ connected }) => eventually(connected, (is) => is))
    return Effect.forEach(clients, ({ pings }) => pings)
  })

const sum = Effect.map((all: ReadonlyArray<number>) => all.reduce((a, b) => a + b, 0))

it.scoped("pings as many runners as there are jobs plus four, then those not pinged yet", () =>
  Effect.gen(function* () {
    const pings = yield* fleet(12)
    yield* TestClock.adjust("1 second")
    yield* availableJobs
    yield* eventually(sum(pings), (count) => count === 5)
    yield* TestClock.adjust("1 second")
    yield* availableJobs
    yield* eventually(sum(pings), (count) => count === 10)
    deepStrictEqual(
      (yield* pings).filter((count) => count > 1),
      []
    )
  }).pipe(Effect.provide(notifierOn()))
)

it.scoped("pings many runners in batches", () =>
  Effect.gen(function* () {
    const pings = yield* fleet(60)
    yield* (yield* RunnerNotifier.RunnerNotifier).availableJobs(demandFor(1000))
    yield* eventually(sum(pings), (count) => count === 50)
    yield* TestClock.adjust("100 millis")
    yield* eventually(sum(pings), (count) => count === 60)
    deepStrictEqual(Arr.dedupe(yield* pings), [1])
  }).pipe(Effect.provide(notifierOn()))
)

it.scoped("reads the workloads of twice as many runners as it pings, and of all others when these are not enough", () =>
  Effect.gen(function* () {
    const pings = yield* fleet(16)
    const { workloads } = yield* Database
    yield* availableJobs
    yield* eventually(sum(pings), (count) => count === 5)
    deepStrictEqual(yield* workloads, [10])
    const impossible = demandFor(1).map((demand) => ({ ...demand, labels: ["gpu"] }))
    yield* TestClock.adjust("1 second")
    yield* (yield* RunnerNotifier.RunnerNotifier).availableJobs(impossible)
    yield* eventually(workloads, (asked) => asked.length === 3)
    deepStrictEqual(yield* workloads, [10, 10, 6])
    deepStrictEqual(yield* sum(pings), 5)
  }).pipe(Effect.provide(notifierOn()))
)

it.scoped("pings for a new job at once, although runners have just been reminded of another one", () =>
  Effect.gen(function* () {
    const pings = yield* fleet(20)
    const reminder = demandFor(1).map((demand) => ({ ...demand, waited: 1 }))
    yield* TestClock.adjust("8 seconds")
    yield* (yield* RunnerNotifier.RunnerNotifier).availableJobs(reminder)
    yield* eventually(sum(pings), (count) => count === 5)
    yield* availableJobs
    yield* eventually(sum(pings), (count) => count === 10)
  }).pipe(Effect.provide(notifierOn()))
)

it.scoped("reads nothing for a reminder while no runner is due for one", () =>
  Effect.gen(function* () {
    yield* fleet(3)
    const { workloads } = yield* Database
    const reminder = demandFor(1).map((demand) => ({ ...demand, waited: 1 }))
    const { availableJobs: notify } = yield* RunnerNotifier.RunnerNotifier
    yield* TestClock.adjust("7 seconds")
    yield* notify(reminder)
    yield* TestClock.adjust("1 second")
    deepStrictEqual(yield* workloads, [])
    yield* notify(reminder)
    yield* eventually(workloads, (asked) => asked.length === 1)
  }).pipe(Effect.provide(notifierOn()))
)

for (const how of ["error", "defect"] as const) {
  it.scoped(`pings as many when the workload look-up fails (${how})`, () =>
    Effect.gen(function* () {
      const pings = yield* fleet(12)
      yield* Ref.set((yield* Database).down, how)
      yield* availableJobs
      yield* eventually(sum(pings), (count) => count === 5)
    }).pipe(Effect.provide(notifierOn()))
  )
}
