import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { eventually } from "@runner-connector/contracts"
import { RunnerNotifier, RunnerStore, Tokens } from "@runner-connector/core"
import { Effect, Redacted } from "effect"
import { connect } from "./support/clients.ts"
import { Host, notifierOn } from "./support/hosts.ts"
import { registered } from "./support/runners.ts"

const aConnectedRunner = Effect.gen(function* () {
  const { port } = yield* Host
  const token = yield* registered()
  const store = yield* RunnerStore.RunnerStore
  const runner = yield* Effect.flatten(store.findByToken(yield* Tokens.hashToken(Redacted.make(token))))
  const clients = [yield* connect(port, token), yield* connect(port, token)]
  yield* Effect.forEach(clients, ({ connected }) => eventually(connected, (is) => is))
  return { id: runner.id, clients, store, port, token }
})

it.scoped("pings a removed runner once more and ends all of its connections", () =>
  Effect.gen(function* () {
    const other = yield* aConnectedRunner
    const { clients, id, port, store, token } = yield* aConnectedRunner
    yield* store.remove(id)
    yield* (yield* RunnerNotifier.RunnerNotifier).runnerRemoved(id, { ping: true })
    for (const { connected, disconnects, pings } of clients) {
      yield* eventually(connected, (is) => !is)
      deepStrictEqual([yield* pings, yield* disconnects], [1, ["io server disconnect"]])
    }
    for (const { connected, pings } of other.clients) {
      deepStrictEqual([yield* connected, yield* pings], [true, 0])
    }
    const again = yield* connect(port, token)
    assert.strictEqual(yield* eventually(again.refusal, (words) => words !== undefined), "Invalid runner token")
  }).pipe(Effect.provide(notifierOn()))
)

it.scoped("ends the connections of a runner that has unregistered itself without a ping", () =>
  Effect.gen(function* () {
    const { clients, id, store } = yield* aConnectedRunner
    yield* store.remove(id)
    yield* (yield* RunnerNotifier.RunnerNotifier).runnerRemoved(id, { ping: false })
    for (const { connected, disconnects, pings } of clients) {
      yield* eventually(connected, (is) => !is)
      deepStrictEqual([yield* pings, yield* disconnects], [0, ["io server disconnect"]])
    }
  }).pipe(Effect.provide(notifierOn()))
)
