import { createServer } from "node:http"
import { assert, it } from "@effect/vitest"
import { demandFor, eventually } from "@runner-connector/contracts"
import { RunnerNotifier } from "@runner-connector/core"
import { SocketNotifier } from "@runner-connector/socket"
import { Context, Deferred, Effect, Exit, Layer, Ref, Scope, TestClock } from "effect"
import type { Server } from "socket.io"
import { connect } from "./support/clients.ts"
import { listen } from "./support/hosts.ts"
import { makeHub } from "./support/hub.ts"
import { dial, frame, framesOf } from "./support/rawSocket.ts"
import { Database, registered, runners } from "./support/runners.ts"

/** A server whose notifier can be started and stopped. */
const host = Effect.gen(function* () {
  const server = createServer((_request, response) => void response.writeHead(404).end())
  const port = yield* listen(server)
  const services = yield* Layer.build(runners)
  const start = (options?: SocketNotifier.SocketNotifierOptions) =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const built = yield* Layer.buildWithScope(SocketNotifier.layer(server, options), scope).pipe(
        Effect.provide(services)
      )
      return { ...Context.get(built, RunnerNotifier.RunnerNotifier), stop: Scope.close(scope, Exit.void) }
    })
  const database = Context.get(services, Database)
  return { server, port, start, database, registered: Effect.provide(registered(), services) }
})

it.scoped("closes connections so that runners reconnect to the next server", () =>
  Effect.gen(function* () {
    const { port, registered, start } = yield* host
    const first = yield* start()
    const both = yield* Effect.forEach(["websocket", "polling"], (transport) =>
      Effect.flatMap(registered, (token) => connect(port, token, { transports: [transport] }))
    )
    yield* Effect.forEach(both, (runner) => eventually(runner.connected, (is) => is))
    yield* first.stop
    for (const runner of both) {
      // After "io server disconnect" the client would not reconnect.
      const disconnects = yield* eventually(runner.disconnects, (seen) => seen.length === 1)
      assert.include(["transport close", "transport error"], disconnects[0])
    }
    const second = yield* start()
    yield* Effect.forEach(both, (runner) => eventually(runner.connections, (connections) => connections === 2))
    yield* second.stop
  })
)

it.scoped("closes connections when it is asked to, accepts no others, and still pings other processes", () =>
  Effect.gen(function* () {
    const { port, registered, start } = yield* host
    const moved = yield* Deferred.make<void>()
    const hub = makeHub()
    const notifier = yield* start({
      closeWhen: Deferred.await(moved),
      configure: (io) => void io.adapter(hub.adapter)
    })
    const runner = yield* connect(port, yield* registered)
    yield* eventually(runner.connected, (is) => is)
    yield* TestClock.adjust("1 second")
    const sent = Effect.sync(() => hub.sent)
    const roster = (yield* eventually(sent, (messages) => /"ids":\[\d+\]/.test(JSON.stringify(messages)))).at(-1)
    yield* Deferred.succeed(moved, undefined)
    const [reason] = yield* eventually(runner.disconnects, (seen) => seen.length === 1)
    assert.include(["transport close", "transport error"], reason)
    yield* eventually(runner.refusal, (words) => words !== undefined)
    assert.strictEqual(yield* runner.connections, 1)
    hub.send({ ...(roster as object), server: "other" })
    yield* notifier.availableJobs(demandFor(1))
    yield* eventually(sent, (messages) => JSON.stringify(messages).includes('"Ping"'))
    yield* notifier.stop
  })
)

it.scoped("lets the host close its server although runners are connected", () =>
  Effect.gen(function* () {
    const { port, registered, server, start } = yield* host
    const notifier = yield* start()
    const both = yield* Effect.forEach(["websocket", "polling"], (transport) =>
      Effect.flatMap(registered, (token) => connect(port, token, { transports: [transport] }))
    )
    yield* Effect.forEach(both, (runner) => eventually(runner.connected, (is) => is))
    const closed = yield* Effect.async<boolean>((resume) => {
      server.close((error) => resume(Effect.succeed(error === undefined)))
    })
    assert.isTrue(closed)
    for (const runner of both) {
      const [reason] = yield* eventually(runner.disconnects, (seen) => seen.length === 1)
      assert.include(["transport close", "transport error"], reason)
    }
    yield* notifier.stop
    assert.isFalse(Object.hasOwn(server, "close"))
    assert.isFalse(Object.hasOwn(server, "emit"))
  })
)

it.scoped("refuses polling when only WebSocket is allowed", () =>
  Effect.gen(function* () {
    const { port, registered, start } = yield* host
    const notifier = yield* start({ transports: ["websocket"] })
    const polling = yield* connect(port, yield* registered, { transports: ["polling"] })
    assert.match(String(yield* eventually(polling.refusal, (words) => words !== undefined)), /poll error/)
    const runner = yield* connect(port, yield* registered)
    yield* eventually(runner.connected, (is) => is)
    yield* notifier.stop
  })
)

it.scoped("does not refuse runners whose token look-up was pending at shutdown", () =>
  Effect.gen(function* () {
    const { database, port, registered, start } = yield* host
    const first = yield* start()
    yield* Ref.set(database.down, "error")
    const runner = yield* connect(port, yield* registered)
    yield* eventually(Ref.get(database.lookUps), (made) => made === 1)
    yield* first.stop
    yield* Ref.set(database.down, false)
    const second = yield* start()
    yield* eventually(runner.connected, (is) => is)
    assert.strictEqual(yield* runner.connections, 1)
    yield* second.stop
  })
)

it.scoped("sends a due ping before it disconnects", () =>
  Effect.gen(function* () {
    const { port, registered, start } = yield* host
    const notifier = yield* start()
    const runner = yield* connect(port, yield* registered)
    yield* eventually(runner.connected, (is) => is)
    yield* notifier.availableJobs(demandFor(1))
    yield* eventually(runner.pings, (pings) => pings === 1)
    yield* notifier.availableJobs(demandFor(1))
    yield* notifier.stop
    yield* eventually(runner.disconnects, (seen) => seen.length === 1)
    assert.strictEqual(yield* runner.pings, 2)
  })
)

it.scoped("does not wait for clients that send no close frame", () =>
  Effect.gen(function* () {
    const { port, registered, server, start } = yield* host
    const notifier = yield* start()
    const raw = yield* dial(port)
    const frames = Effect.map(raw.received, framesOf)
    yield* raw.send(
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: 7nTTuySi4f+HaDbRUJs6Bg==\r\n\r\n"
    )
    yield* eventually(frames, (seen) => seen.length === 1)
    yield* raw.send(frame(`40/runners,{"runnerToken":"${yield* registered}"}`))
    yield* eventually(frames, (seen) => seen.length === 2)
    yield* notifier.stop
    yield* eventually(raw.closed, (closed) => closed)
    assert.isTrue(server.listening)
  })
)

it.scoped("passes Socket.IO's server to the host before any client connects", () =>
  Effect.gen(function* () {
    const { port, registered, start } = yield* host
    const shown: Array<Server> = []
    const notifier = yield* start({
      configure: (io) => {
        shown.push(io)
        io.of("/mine").on("connection", (socket) => socket.emit("hello"))
      }
    })
    assert.strictEqual(shown.length, 1)
    const runner = yield* connect(port, yield* registered)
    const mine = runner.socket.io.socket("/mine")
    const greeted = yield* Effect.async<boolean>((resume) => {
      mine.once("hello", () => resume(Effect.succeed(true)))
      mine.connect()
    })
    assert.isTrue(greeted)
    yield* notifier.stop
  })
)
