import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option, type Scope } from "effect"
import { nodeBody } from "../src/nodeBody.ts"
import { aConnection, head } from "./support/raw.ts"

/** What two reads find that do not wait, once a small body has arrived with its head. */
const readsOf = (request: IncomingMessage) => {
  const body = nodeBody(request)
  const read = () =>
    Option.map(
      Option.fromNullable(body.ready()),
      Option.map((piece) => Buffer.from(piece).toString())
    )
  return { reads: [read(), read()], isUnfinished: body.isUnfinished() }
}

/** Answers each request with 204, and keeps what the reads of its body found. */
const aReader = Effect.gen(function* () {
  const found: Array<ReturnType<typeof readsOf>> = []
  const server = createServer(async (request, response) => {
    await undefined
    found.push(readsOf(request))
    response.writeHead(204).end()
  })
  const port = yield* Effect.acquireRelease(
    Effect.async<number>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed((server.address() as AddressInfo).port)))
    }),
    () => Effect.sync(() => server.close())
  )
  return { found, port }
})

/** The reads of bodies that are sent one after the other on one connection, whose last head asks to close it. */
const readsOfAll = (requests: ReadonlyArray<string>): Effect.Effect<ReturnType<typeof readsOf>[], never, Scope.Scope> =>
  Effect.gen(function* () {
    const { found, port } = yield* aReader
    const { ended, write } = yield* aConnection(port)
    yield* write(requests.join(""))
    deepStrictEqual((yield* ended).match(/HTTP\/1.1 204/g)?.length, requests.length)
    return found
  })

const post = (body: string, ...lines: ReadonlyArray<string>) =>
  head("POST / HTTP/1.1", "host: a", `content-length: ${body.length}`, ...lines) + body

describe("the body of a request of Node", () => {
  it.scoped("ends with its last byte, before Node tells its end", () =>
    Effect.gen(function* () {
      const found = yield* readsOfAll([post("one"), post(""), post("three", "connection: close")])
      const ended = Option.some(Option.none())
      deepStrictEqual(found[0], { reads: [Option.some(Option.some("one")), ended], isUnfinished: false })
      deepStrictEqual(found[1], { reads: [ended, ended], isUnfinished: false })
      deepStrictEqual(found[2], { reads: [Option.some(Option.some("three")), ended], isUnfinished: false })
    })
  )

  it.scoped("of unknown length is waited for", () =>
    Effect.gen(function* () {
      const chunked = head("POST / HTTP/1.1", "host: a", "transfer-encoding: chunked", "connection: close")
      const [body] = yield* readsOfAll([`${chunked}3\r\none\r\n0\r\n\r\n`])
      deepStrictEqual(body?.reads[0], Option.some(Option.some("one")))
      assert.isTrue(Option.isNone(body?.reads[1] ?? Option.none()))
      assert.isTrue(body?.isUnfinished)
    })
  )
})
