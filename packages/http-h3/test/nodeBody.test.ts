import { createHash, randomBytes } from "node:crypto"
import { createServer, IncomingMessage, type RequestListener } from "node:http"
import { type AddressInfo, Socket } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Deferred, Effect, Option, type Scope } from "effect"
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

/** Listens on a free port, until the scope ends. */
const listening = (listener: RequestListener) =>
  Effect.suspend(() => {
    const server = createServer(listener)
    return Effect.acquireRelease(
      Effect.async<number>((resume) => {
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed((server.address() as AddressInfo).port)))
      }),
      () => Effect.sync(() => server.close())
    )
  })

/** Answers each request with 204, and keeps what the reads of its body found. */
const aReader = Effect.gen(function* () {
  const found: Array<ReturnType<typeof readsOf>> = []
  const port = yield* listening(async (request, response) => {
    await undefined
    found.push(readsOf(request))
    response.writeHead(204).end()
  })
  return { found, port }
})

const LARGE = 16 * 1024

/** Reads the whole body. Returns its hash, and how many bytes of its large pieces are left after the last one. */
const readAll = (request: IncomingMessage) =>
  Effect.gen(function* () {
    const body = nodeBody(request)
    const hash = createHash("sha256")
    const large: Array<Uint8Array> = []
    while (true) {
      const piece = body.ready() ?? (yield* body.read)
      if (Option.isNone(piece)) break
      hash.update(piece.value)
      if (piece.value.length >= LARGE) large.push(piece.value)
    }
    const left = large.reduce((size, { length }) => size + length, 0)
    return { hash: hash.digest("hex"), pieces: large.length, left }
  })

type Read = Effect.Effect.Success<ReturnType<typeof readAll>>

/** Sends the bytes to a server that reads them, after `before`. */
const sent = (bytes: Uint8Array, before: (request: IncomingMessage) => unknown = () => undefined) =>
  Effect.gen(function* () {
    const read = yield* Deferred.make<Read>()
    const port = yield* listening((request, response) => {
      before(request)
      void Effect.runPromise(Effect.tap(readAll(request), (all) => Deferred.succeed(read, all))).then(() =>
        response.writeHead(204).end()
      )
    })
    const { write } = yield* aConnection(port)
    yield* write(head("POST / HTTP/1.1", "host: a", `content-length: ${bytes.length}`, "connection: close"))
    yield* write(bytes)
    return yield* Deferred.await(read)
  })

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

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

  it.scoped("frees each large piece when the next one is asked for", () =>
    Effect.gen(function* () {
      const bytes = randomBytes(3 * 1024 ** 2)
      const { hash, left, pieces } = yield* sent(bytes)
      deepStrictEqual([hash, left], [hashOf(bytes), 0])
      assert.isAbove(pieces, 1)
    })
  )

  it.scoped("leaves the pieces to a host that also listens", () =>
    Effect.gen(function* () {
      const bytes = randomBytes(1024 ** 2)
      const kept: Array<Buffer> = []
      const { hash } = yield* sent(bytes, (request) => request.on("data", (piece: Buffer) => kept.push(piece)))
      deepStrictEqual([hash, hashOf(Buffer.concat(kept))], [hashOf(bytes), hashOf(bytes)])
    })
  )

  it.effect("leaves the bytes of a request that no socket brought", () =>
    Effect.gen(function* () {
      const bytes = Buffer.alloc(1024 ** 2, "mine")
      const request = new IncomingMessage(new Socket())
      request.push(bytes)
      request.push(null)
      const { hash, left } = yield* readAll(request)
      deepStrictEqual([hash, left, bytes.length], [hashOf(bytes), 1024 ** 2, 1024 ** 2])
    })
  )
})
