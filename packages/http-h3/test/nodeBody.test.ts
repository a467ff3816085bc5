import { once } from "node:events"
import { createServer, type IncomingMessage, request } from "node:http"
import type { AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { eventually } from "@runner-connector/contracts"
import { Effect, Option } from "effect"
import { nodeBody } from "../src/nodeBody.ts"

const KIB = 1024

/** A request of Node whose sender has these bytes. */
const aRequest = (bytes: Uint8Array) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer()
      await once(server.listen(0, "127.0.0.1"), "listening")
      const sender = request({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", method: "POST" })
      // The sender is cut off at the end of the test.
      sender.on("error", () => undefined)
      sender.end(bytes)
      const [received] = (await once(server, "request")) as [IncomingMessage]
      return { received, server }
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
  )

describe("the body of a request of Node", () => {
  it.live("stops its sender while nobody reads, and arrives whole and in order", () =>
    Effect.gen(function* () {
      const sent = Uint8Array.from({ length: 8 * KIB * KIB }, (_, index) => (index * 7 + (index >> 8)) % 251)
      const { received } = yield* aRequest(sent)
      const body = nodeBody(received)
      const arrived: Array<Uint8Array> = []
      const next = Effect.suspend(() => {
        const chunk = body.ready()
        return chunk === undefined ? body.read : Effect.succeed(chunk)
      }).pipe(Effect.tap((chunk) => Effect.sync(() => arrived.push(...Option.toArray(chunk)))))
      // The first bytes may have come with the head. The second ones come while the reader waits.
      yield* next
      yield* next
      yield* eventually(
        Effect.sync(() => received.isPaused()),
        (isPaused) => isPaused
      )
      const before = Buffer.concat(arrived).length
      for (let chunk = body.ready(); chunk !== undefined; chunk = body.ready()) arrived.push(...Option.toArray(chunk))
      assert.isAtMost(Buffer.concat(arrived).length - before, 200 * KIB)
      yield* Effect.repeat(next, { until: Option.isNone })
      assert.isTrue(Buffer.concat(arrived).equals(sent))
      assert.isFalse(body.isUnfinished())
    }).pipe(Effect.scoped)
  )
})
