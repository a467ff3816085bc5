import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { Duplex } from "node:stream"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { availableJobs, eventually } from "@runner-connector/contracts"
import type { RunnerNotifier } from "@runner-connector/core"
import { SocketNotifier } from "@runner-connector/socket"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import { connect } from "./support/clients.ts"
import { listen } from "./support/hosts.ts"
import { sendAndWait } from "./support/rawSocket.ts"
import { registered, runners } from "./support/runners.ts"

/** Answers every request immediately, as a web framework does, and records it. */
const otherListener = () => {
  const seen: Array<string> = []
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    seen.push(request.url ?? "")
    response.writeHead(200, { "content-type": "text/plain" }).end(`other ${request.url}`)
  }
  return { listener, seen }
}

const get = (port: number, path: string) =>
  Effect.promise(async () => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    return { status: response.status, headers: response.headers, body: await response.text() }
  })

type Step = "listen" | "notifier" | "other"

const ORDERS: ReadonlyArray<ReadonlyArray<Step>> = [
  ["notifier", "other", "listen"],
  ["other", "notifier", "listen"],
  ["listen", "notifier", "other"],
  ["listen", "other", "notifier"],
  ["notifier", "listen", "other"],
  ["other", "listen", "notifier"]
]

const POLLING = "/socket.io/?EIO=4&transport=polling"

for (const order of ORDERS) {
  it.scoped(`shares the server with others: ${order.join(", ")}`, () =>
    Effect.gen(function* () {
      const server = createServer()
      const other = otherListener()
      const services = yield* Layer.build(runners)
      let port = 0
      let notifier = Context.empty() as Context.Context<RunnerNotifier.RunnerNotifier>
      for (const step of order) {
        if (step === "listen") port = yield* listen(server)
        else if (step === "other") server.on("request", other.listener)
        else notifier = yield* Layer.build(SocketNotifier.layer(server)).pipe(Effect.provide(services))
      }
      assert.strictEqual((yield* get(port, POLLING)).status, 200)
      const both = yield* Effect.forEach(["websocket", "polling"], (transport) =>
        Effect.flatMap(Effect.provide(registered(), services), (token) =>
          connect(port, token, { transports: [transport] })
        )
      )
      yield* Effect.forEach(both, (runner) => eventually(runner.connected, (is) => is))
      yield* Effect.provide(availableJobs, notifier)
      yield* Effect.forEach(both, (runner) => eventually(runner.pings, (pings) => pings === 1))
      deepStrictEqual(other.seen, [])
      assert.strictEqual((yield* get(port, "/socket.iou?x=1")).body, "other /socket.iou?x=1")
      assert.strictEqual((yield* get(port, "/socket.io")).body, "other /socket.io")
    })
  )
}

/** A server with another listener and the notifier. The test ends the notifier's scope. */
const shared = Effect.gen(function* () {
  const server = createServer()
  const other = otherListener()
  const port = yield* listen(server)
  const scope = yield* Scope.make()
  yield* Layer.buildWithScope(Layer.provide(SocketNotifier.layer(server), runners), scope)
  yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
  server.on("request", other.listener)
  return { server, other, port, end: Scope.close(scope, Exit.void) }
})

it.scoped("keeps the host's listeners and restores the server", () =>
  Effect.gen(function* () {
    const { end, other, port, server } = yield* shared
    deepStrictEqual(server.listeners("request"), [other.listener])
    yield* end
    assert.isFalse(Object.hasOwn(server, "emit"))
    assert.strictEqual(server.listenerCount("upgrade"), 0)
    assert.strictEqual((yield* get(port, POLLING)).body, `other ${POLLING}`)
  })
)

it.scoped("restores the server even when other code wrapped it later", () =>
  Effect.gen(function* () {
    const { end, port, server } = yield* shared
    const ours = server.emit
    let passed = 0
    server.emit = function (this: Server, ...args: Parameters<Server["emit"]>) {
      passed++
      return ours.apply(this, args)
    } as Server["emit"]
    yield* end
    assert.strictEqual((yield* get(port, POLLING)).body, `other ${POLLING}`)
    assert.isAbove(passed, 0)
  })
)

it.scoped("sends no CORS headers and serves no client code", () =>
  Effect.gen(function* () {
    const { port } = yield* shared
    const { headers } = yield* get(port, POLLING)
    assert.isNull(headers.get("access-control-allow-origin"))
    assert.strictEqual((yield* get(port, "/socket.io/socket.io.js")).status, 400)
  })
)

const upgrade = (path: string) =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: 7nTTuySi4f+HaDbRUJs6Bg==\r\n\r\n"

it.scoped("rejects an upgrade that no listener handles", () =>
  Effect.gen(function* () {
    const { port } = yield* shared
    assert.match(yield* sendAndWait(port, upgrade("/elsewhere")), /^HTTP\/1\.1 400 /)
  })
)

it.scoped("passes other upgrades to the host's listeners and hides its own", () =>
  Effect.gen(function* () {
    const { port, server } = yield* shared
    const seen: Array<string | undefined> = []
    server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
      seen.push(request.url)
      socket.end("HTTP/1.1 418 Mine\r\n\r\n")
    })
    assert.match(yield* sendAndWait(port, upgrade("/elsewhere")), /^HTTP\/1\.1 418 /)
    const unknownRunner = yield* connect(port, "unknown")
    assert.strictEqual(yield* eventually(unknownRunner.refusal, (words) => words !== undefined), "Invalid runner token")
    deepStrictEqual(seen, ["/elsewhere"])
  })
)
