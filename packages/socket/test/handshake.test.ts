import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { demandFor, eventually } from "@runner-connector/contracts"
import { RunnerNotifier } from "@runner-connector/core"
import { Effect, Logger, Ref, TestClock } from "effect"
import type { Server } from "socket.io"
import { connect } from "./support/clients.ts"
import { Host, notifierOn } from "./support/hosts.ts"
import { dial, frame, framesOf } from "./support/rawSocket.ts"
import { Database, registered } from "./support/runners.ts"

const REFUSED = [
  ["missing", undefined, "No runner token provided"],
  ["null", null, "No runner token provided"],
  ["empty", "", "No runner token provided"],
  ["a number", 7, "Runner token is invalid"],
  ["a list", ["ptrt-1"], "Runner token is invalid"],
  ["an object", { toString: "ptrt-1" }, "Runner token is invalid"],
  ["too long", "x".repeat(1001), "Runner token is invalid"],
  ["containing a NUL", "ptrt-\0", "Runner token is invalid"],
  ["unknown", "ptrt-e5f1e56d-49ce-40b8-8fd8-8d63c99e6a50", "Invalid runner token"]
] as const

for (const [name, token, words] of REFUSED) {
  it.scoped(`refuses a token that is ${name}: ${words}`, () =>
    Effect.gen(function* () {
      const { port } = yield* Host
      const runner = yield* connect(port, token)
      assert.strictEqual(yield* eventually(runner.refusal, (refusal) => refusal !== undefined), words)
      assert.isFalse(yield* runner.connected)
      const { lookUps } = yield* Database
      assert.strictEqual(yield* Ref.get(lookUps), name === "unknown" ? 1 : 0)
    }).pipe(Effect.provide(notifierOn()))
  )
}

it.scoped("pings every authenticated runner and no other client", () =>
  Effect.gen(function* () {
    const { port } = yield* Host
    const unknownRunner = yield* connect(port, "unknown")
    const runners = yield* Effect.replicateEffect(
      Effect.flatMap(registered(), (token) => connect(port, token)),
      5
    )
    yield* Effect.forEach(runners, (runner) => eventually(runner.connected, (is) => is))
    yield* (yield* RunnerNotifier.RunnerNotifier).availableJobs(demandFor(5))
    yield* Effect.forEach(runners, (runner) => eventually(runner.pings, (pings) => pings === 1))
    assert.strictEqual(yield* unknownRunner.pings, 0)
  }).pipe(Effect.provide(notifierOn()))
)

for (const how of ["error", "defect"] as const) {
  it.scoped(`delays the handshake while the store fails (${how}), then continues`, () =>
    Effect.gen(function* () {
      const { port } = yield* Host
      const { down, lookUps } = yield* Database
      const token = yield* registered()
      yield* Ref.set(down, how)
      const [known, unknown] = [yield* connect(port, token), yield* connect(port, "unknown")]
      const later = Effect.zipRight(TestClock.adjust("3 seconds"), Ref.get(lookUps))
      yield* eventually(later, (made) => made >= 8)
      deepStrictEqual([yield* known.connected, yield* known.refusal], [false, undefined])
      assert.strictEqual(yield* unknown.refusal, undefined)
      yield* Ref.set(down, false)
      yield* eventually(Effect.zipRight(later, known.connected), (is) => is)
      yield* eventually(Effect.zipRight(later, unknown.refusal), (refusal) => refusal === "Invalid runner token")
      assert.strictEqual(yield* known.connections, 1)
    }).pipe(Effect.provide(notifierOn()))
  )
}

it.scoped("delays it until Socket.IO's connect timeout; the runner reconnects", () =>
  Effect.gen(function* () {
    const { port } = yield* Host
    const { down, lookUps } = yield* Database
    const token = yield* registered()
    yield* Ref.set(down, "error")
    const runner = yield* connect(port, token)
    yield* eventually(Ref.get(lookUps), (made) => made >= 3)
    assert.strictEqual(yield* runner.refusal, undefined)
    yield* Ref.set(down, false)
    yield* eventually(runner.connected, (is) => is)
  }).pipe(Effect.provide(notifierOn({ configure: (io) => io.connectTimeout(50) })))
)

const waitingSockets = (io: Server): unknown => Reflect.get(io.of("/runners"), "_preConnectSockets")

it.scoped("stops the look-up and frees its memory when a waiting runner hangs up", () => {
  const servers: Array<Server> = []
  return Effect.gen(function* () {
    const { port } = yield* Host
    const { down, lookUps } = yield* Database
    yield* Ref.set(down, "error")
    const runner = yield* connect(port, "ptrt-1", { reconnection: false })
    yield* eventually(Ref.get(lookUps), (made) => made === 1)
    const held = waitingSockets(servers[0] as Server)
    assert.instanceOf(held, Map)
    assert.strictEqual((held as Map<unknown, unknown>).size, 1)
    runner.socket.disconnect()
    yield* eventually(
      Effect.sync(() => (held as Map<unknown, unknown>).size),
      (size) => size === 0
    )
    const made = yield* Ref.get(lookUps)
    yield* TestClock.adjust("1 hour")
    assert.strictEqual(yield* Ref.get(lookUps), made)
  }).pipe(Effect.provide(notifierOn({ configure: (io) => void servers.push(io) })))
})

it.scoped("closes connections above the waiting limit without a refusal; the runners reconnect", () =>
  Effect.gen(function* () {
    const { port } = yield* Host
    const { down } = yield* Database
    yield* Ref.set(down, "error")
    const runners = yield* Effect.replicateEffect(
      Effect.flatMap(registered(), (token) => connect(port, token)),
      5
    )
    const attempts = Effect.map(
      Effect.forEach(runners, ({ socket }) => Effect.sync(() => socket.io.engine.id)),
      (ids) => new Set(ids).size
    )
    assert.strictEqual(yield* eventually(attempts, (ids) => ids === 5), 5)
    yield* Ref.set(down, false)
    yield* Effect.forEach(runners, (runner) =>
      eventually(Effect.zipRight(TestClock.adjust("3 seconds"), runner.connected), (is) => is)
    )
  }).pipe(Effect.provide(notifierOn({ maxWaiting: 2 })))
)

const UPGRADE =
  "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: 7nTTuySi4f+HaDbRUJs6Bg==\r\n\r\n"

it.scoped("makes one look-up at a time per connection", () =>
  Effect.gen(function* () {
    const { port } = yield* Host
    const { down, lookUps } = yield* Database
    yield* Ref.set(down, "error")
    const raw = yield* dial(port)
    yield* raw.send(UPGRADE)
    yield* eventually(Effect.map(raw.received, framesOf), (frames) => frames.length === 1)
    for (let n = 0; n < 50; n++) yield* raw.send(frame(`40/runners,{"runnerToken":"ptrt-${n}"}`))
    yield* eventually(Effect.map(raw.received, framesOf), (frames) => frames.includes("CLOSE"))
    assert.strictEqual(yield* Ref.get(lookUps), 1)
  }).pipe(Effect.provide(notifierOn()))
)

it.scoped("writes no token into the log", () => {
  const lines: Array<string> = []
  const log = Logger.replace(
    Logger.defaultLogger,
    Logger.map(Logger.logfmtLogger, (line) => void lines.push(line))
  )
  return Effect.gen(function* () {
    const { port } = yield* Host
    const { down } = yield* Database
    const token = yield* registered()
    yield* Ref.set(down, "error")
    const runner = yield* connect(port, token)
    const refused = yield* connect(port, `${token}-not`)
    yield* eventually(
      Effect.sync(() => lines.length),
      (written) => written > 0
    )
    yield* Ref.set(down, false)
    yield* eventually(Effect.zipRight(TestClock.adjust("3 seconds"), runner.connected), (is) => is)
    yield* eventually(Effect.zipRight(TestClock.adjust("3 seconds"), refused.refusal), (words) => words !== undefined)
    assert.notInclude(lines.join("\n"), token.slice(5))
  }).pipe(Effect.provide(notifierOn()), Effect.provide(log))
})
