import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { assert, layer } from "@effect/vitest"
import { eventually } from "@runner-connector/contracts"
import { Wire } from "@runner-connector/contracts/wire"
import { Config, ConfigProvider, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { H3Runners, ListenError } from "../src/index.ts"
import { aConnection, head } from "./support/raw.ts"
import { aServer, fetchFrom } from "./support/server.ts"

const { aHeldJob, resultParts, stateOf, tokenParts } = Wire.Arrange
const { formBytes, formType, R } = Wire.Client

/** A server that the test stops. */
const aMortalServer = (options: Parameters<typeof aServer>[0] = {}) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const { port } = yield* Effect.provideService(aServer(options), Scope.Scope, scope)
    return { port, stop: Scope.close(scope, Exit.void) }
  })

const withWorld = layer(Wire.World.layer(), { excludeTestServices: true })

withWorld("starting", (it) => {
  it.scoped("fails with a message if another program listens", () =>
    Effect.gen(function* () {
      const { port } = yield* aServer()
      const error = yield* Effect.flip(aServer({ port }))
      assert.instanceOf(error, ListenError)
      assert.strictEqual(
        error.message,
        `Cannot listen on 127.0.0.1, port ${port}: another program listens there already; stop it or choose another port`
      )
    })
  )

  it.scoped("fails with a message for a foreign address and an unknown host", () =>
    Effect.gen(function* () {
      const elsewhere = yield* Effect.flip(aServer({ host: "192.0.2.1" }))
      assert.include(elsewhere.message, "this machine has no such address")
      const nowhere = yield* Effect.flip(aServer({ host: "no-such-host.invalid" }))
      assert.match(nowhere.message, /^Cannot listen on no-such-host\.invalid, port 0: /)
    })
  )

  it.scoped("fails with a message for a server that listens already", () =>
    Effect.gen(function* () {
      const { server } = yield* aServer()
      const error = yield* Effect.flip(Layer.build(H3Runners.serve(server, { port: 0 })))
      assert.strictEqual(
        error.message,
        "Cannot listen on port 0: this server listens already; hand it over before it does"
      )
    })
  )

  it.scoped("reads its options from the configuration", () =>
    Effect.gen(function* () {
      const server = createServer()
      const options = { port: Config.port("PORT"), host: Config.string("HOST") }
      const failure = (port: string) =>
        Effect.flip(Layer.build(H3Runners.serveConfig(server, options))).pipe(
          Effect.withConfigProvider(
            ConfigProvider.fromMap(
              new Map([
                ["PORT", port],
                ["HOST", "127.0.0.1"]
              ])
            )
          )
        )
      assert.strictEqual((yield* failure("x"))._tag, "ConfigError")
      const taken = yield* failure(String((yield* aServer()).port))
      assert.strictEqual(taken._tag, "ListenError")
    })
  )
})

withWorld("stopping", (it) => {
  it.scoped("answers the first request of a connection that was just opened", () =>
    Effect.gen(function* () {
      const { port, stop } = yield* aMortalServer()
      const connection = yield* aConnection(port)
      const known = yield* aConnection(port)
      yield* known.write(head("GET / HTTP/1.1", "Host: a"))
      yield* eventually(known.received, (text) => text.includes("404"))
      const stopping = yield* Effect.fork(stop)
      yield* known.ended
      yield* connection.write(head("GET / HTTP/1.1", "Host: a"))
      assert.match(yield* connection.ended, /^HTTP\/1\.1 404[\s\S]*connection: close/i)
      yield* Fiber.join(stopping)
    })
  )

  it.scoped("lets a request in progress finish, and accepts no new ones", () =>
    Effect.gen(function* () {
      const { path, id, tokens } = yield* aHeldJob().pipe(
        Effect.provide(Wire.reachedBy(Effect.map(aServer(), ({ port }) => fetchFrom(port))))
      )
      const { port, stop } = yield* aMortalServer()
      const body = formBytes([...tokenParts(tokens), ...resultParts()])
      const { ended, write } = yield* aConnection(port)
      const lines = [`POST ${path}/success HTTP/1.1`, "Host: a", `Content-Type: ${formType()}`]
      yield* write(head(...lines, `Content-Length: ${body.length}`))
      yield* write(body.subarray(0, 50_000))
      const { files } = yield* Wire.World.Spooled
      yield* eventually(files, (names) => names.length === 1)
      const idle = yield* aConnection(port)
      yield* idle.write(head("GET / HTTP/1.1", "Host: a"))
      yield* eventually(idle.received, (text) => text.includes("404"))

      const stopping = yield* Effect.fork(stop)
      yield* idle.ended
      const refused = yield* Effect.promise(() =>
        fetch(`http://127.0.0.1:${port}/`).then(
          () => false,
          () => true
        )
      )
      assert.isTrue(refused)
      assert.strictEqual(stopping.unsafePoll(), null)
      yield* write(body.subarray(50_000))
      const answer = yield* ended
      assert.match(answer, /^HTTP\/1.1 204 No Content\r\n/)
      assert.match(answer, /\r\nconnection: close\r\n/i)
      yield* Fiber.join(stopping)
      assert.strictEqual(yield* stateOf(id), "Completed")
    })
  )

  it.scoped("closes idle connections at once", () =>
    Effect.gen(function* () {
      // Longer than the test may take.
      const { port, stop } = yield* aMortalServer({ stopWithin: "10 minutes" })
      const { ended, received, write } = yield* aConnection(port)
      yield* write(head("GET / HTTP/1.1", "Host: a"))
      yield* eventually(received, (text) => text.includes("404"))
      yield* stop
      assert.include(yield* ended, "404")
    })
  )

  it.scoped("stops waiting for a request that does not end", () =>
    Effect.gen(function* () {
      const { port, stop } = yield* aMortalServer({ stopWithin: "500 millis" })
      const { ended, write } = yield* aConnection(port)
      const lines = ["Host: a", "Content-Type: application/json", "Content-Length: 99"]
      yield* write(`${head(`POST ${R}/unregister HTTP/1.1`, ...lines)}{`)
      const probe = yield* aConnection(port)
      yield* probe.write(head("GET / HTTP/1.1", "Host: a"))
      yield* eventually(probe.received, (text) => text.includes("404"))
      const started = performance.now()
      yield* stop
      assert.isAtLeast(performance.now() - started, 490)
      assert.strictEqual(yield* ended, "")
    })
  )

  it.scoped("removes its listeners from the server", () =>
    Effect.gen(function* () {
      const server = createServer()
      const scope = yield* Scope.make()
      yield* Layer.buildWithScope(H3Runners.serve(server, { port: 0, host: "127.0.0.1" }), scope)
      assert.isAbove((server.address() as AddressInfo).port, 0)
      yield* Scope.close(scope, Exit.void)
      assert.isFalse(server.listening)
      assert.strictEqual(server.listenerCount("request") + server.listenerCount("error"), 0)
    })
  )
})
