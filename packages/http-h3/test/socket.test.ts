import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { eventually } from "@runner-connector/contracts"
import { Wire } from "@runner-connector/contracts/wire"
import { Runners } from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { aConnection, head } from "./support/raw.ts"
import { Listening, listening } from "./support/server.ts"

const { aHeldJob, aRunner, resultParts, stateOf, tokenParts } = Wire.Arrange
const { assertDone, formBytes, formType, postForm, postJson, R } = Wire.Client

const files = Effect.flatMap(Wire.World.Spooled, (spooled) => spooled.files)
const nothingSpooled = eventually(files, (names) => names.length === 0)

/** The bytes of a valid `success`, with its head. */
const aResult = Effect.gen(function* () {
  const held = yield* aHeldJob()
  const body = formBytes([...tokenParts(held.tokens), ...resultParts()])
  const lines = [
    `POST ${held.path}/success HTTP/1.1`,
    "Host: media.example",
    `Content-Type: ${formType()}`,
    `Content-Length: ${body.length}`
  ]
  return { ...held, body, lines }
})

const connected = Effect.flatMap(Listening, ({ port }) => aConnection(port))

layer(listening(), { excludeTestServices: true })("uploads over a socket", (it) => {
  it.scoped("are on the disk while they arrive, at any speed", () =>
    Effect.gen(function* () {
      const { body, id, lines } = yield* aResult
      const { ended, write } = yield* connected
      yield* write(head(...lines, "Connection: close"))
      for (const piece of Arr.chunksOf(Arr.fromIterable(body.subarray(0, 2000)), 100)) {
        yield* write(Uint8Array.from(piece))
      }
      yield* eventually(files, (names) => names.length === 1)
      yield* write(body.subarray(2000))
      assert.match(yield* ended, /^HTTP\/1.1 204 No Content\r\n/)
      assert.strictEqual(yield* stateOf(id), "Completed")
      yield* nothingSpooled
    })
  )

  it.scoped("leave nothing when the runner disconnects in the middle", () =>
    Effect.gen(function* () {
      const { body, id, lines, path, tokens } = yield* aResult
      const { socket, write } = yield* connected
      yield* write(head(...lines))
      yield* write(body.subarray(0, 100_000))
      yield* eventually(files, (names) => names.length === 1)
      socket.destroy()
      yield* nothingSpooled
      assert.strictEqual(yield* stateOf(id), "Processing")
      assertDone(yield* postForm(`${path}/success`, [...tokenParts(tokens), ...resultParts()]))
    })
  )

  it.scoped("are stored although the runner disconnects before the answer", () =>
    Effect.gen(function* () {
      const { body, id, lines } = yield* aResult
      const { socket, write } = yield* connected
      yield* write(head(...lines))
      yield* write(body)
      yield* eventually(stateOf(id), (state) => state !== "Processing")
      socket.destroy()
      yield* eventually(stateOf(id), (state) => state === "Completed")
      yield* nothingSpooled
    })
  )

  it.scoped("begin after 100 Continue, for runners that expect it", () =>
    Effect.gen(function* () {
      const { body, lines } = yield* aResult
      const { ended, received, write } = yield* connected
      yield* write(head(...lines, "Expect: 100-continue", "Connection: close"))
      yield* eventually(received, (text) => text.startsWith("HTTP/1.1 100 Continue\r\n\r\n"))
      yield* write(body)
      assert.match(yield* ended, /HTTP\/1.1 204 No Content\r\n/)
    })
  )

  it.scoped("may be chunked, without a length", () =>
    Effect.gen(function* () {
      const { body, id, lines } = yield* aResult
      const { ended, write } = yield* connected
      yield* write(head(...lines.slice(0, 3), "Transfer-Encoding: chunked", "Connection: close"))
      for (let at = 0; at < body.length; at += 50_000) {
        const piece = body.subarray(at, at + 50_000)
        yield* write(`${piece.length.toString(16)}\r\n`)
        yield* write(piece)
        yield* write("\r\n")
      }
      yield* write("0\r\n\r\n")
      assert.match(yield* ended, /^HTTP\/1.1 204 No Content\r\n/)
      assert.strictEqual(yield* stateOf(id), "Completed")
    })
  )

  it.scoped("are read to the end when rejected, so that the runner gets the answer and keeps the connection", () =>
    Effect.gen(function* () {
      const { path, tokens } = yield* aHeldJob()
      const { received, write } = yield* connected
      const big = Buffer.alloc(8_000_000, 13)
      const stale = { ...tokens, jobToken: "ptrjt-stale" }
      const body = formBytes([...tokenParts(stale), ["payload[videoFile]", big, "a.mp4", "video/mp4"]])
      const request = [
        `POST ${path}/success HTTP/1.1`,
        "Host: a",
        `Content-Type: ${formType()}`,
        `Content-Length: ${body.length}`
      ]
      for (const count of [1, 2]) {
        yield* write(head(...request))
        yield* write(body)
        yield* eventually(received, (text) => text.split("HTTP/1.1 404 Not Found\r\n").length === count + 1)
      }
      deepStrictEqual(yield* files, [])

      const nowhere = `POST ${R}/jobs/nowhere/success HTTP/1.1`
      yield* write(head(nowhere, ...request.slice(1)))
      yield* write(body)
      yield* write(head(`GET ${R}/nowhere HTTP/1.1`, "Host: a"))
      yield* eventually(received, (text) => /HTTP\/1.1 400 Bad Request[\s\S]*HTTP\/1.1 404 Not Found/.test(text))
    })
  )
})

layer(listening(), { excludeTestServices: true })("answers over a socket", (it) => {
  for (const runner of Wire.Recordings.recordedRunners) {
    it.scoped(`suit runner ${runner.version}, whose requests are replayed to the byte`, () =>
      Effect.gen(function* () {
        const { id, path, source, tokens, videoId } = yield* aHeldJob()
        const names = { ...tokens, registrationToken: "ptrrt-0", job: id, video: videoId }
        const replay = (recorded: Wire.Recordings.Recorded) =>
          Effect.gen(function* () {
            const { ended, received, socket, write } = yield* connected
            yield* write(Wire.Recordings.rawBytes(recorded))
            // Downloads request keep-alive, but their connection is not used again.
            if (recorded.headers.some(([, value]) => value === "keep-alive")) {
              yield* eventually(received, (text) => text.endsWith(Buffer.from(source).toString("latin1")))
              socket.destroy()
            }
            return yield* ended
          })
        const download = yield* replay(runner.download(names))
        assert.match(download, /^HTTP\/1.1 200 OK\r\n/)
        assert.match(yield* replay(runner.update(names)), /^HTTP\/1.1 204 No Content\r\n/)
        assert.match(yield* replay(runner.success(names)), /^HTTP\/1.1 204 No Content\r\n/)
        assert.match(yield* replay(runner.error(names)), /^HTTP\/1.1 400 Bad Request\r\n/)
        assert.match(yield* replay(runner.request(names)), /^HTTP\/1.1 200 OK\r\n/)
        assert.strictEqual(yield* stateOf(id), "Completed")
        assert.match(yield* replay(runner.unregister(names)), /^HTTP\/1.1 204 No Content\r\n/)
        assert.strictEqual((yield* postJson(`${path}/update`, tokens)).status, 404)
      })
    )
  }

  it.scoped("come in order to pipelined requests, and garbage ends the connection only", () =>
    Effect.gen(function* () {
      const { runnerToken } = yield* aRunner
      const body = JSON.stringify({ runnerToken })
      const request = `${head(
        `POST ${R}/jobs/request HTTP/1.1`,
        "Host: a",
        "Content-Type: application/json",
        `Content-Length: ${body.length}`
      )}${body}`
      const { ended, received, write } = yield* connected
      yield* write(request.repeat(3))
      yield* eventually(received, (text) => text.split("HTTP/1.1 200 OK").length === 4)
      yield* write("\u0000\u0001 rubbish / HTTP/9\r\n\r\n")
      assert.match(yield* ended, /HTTP\/1.1 400 Bad Request\r\n/)
      const other = yield* connected
      yield* other.write(`${request}\u0000 rubbish`)
      assert.match(yield* other.ended, /^HTTP\/1.1 /)
      assert.strictEqual((yield* postJson(`${R}/jobs/request`, { runnerToken })).status, 200)
    })
  )

  it.scoped("reject an invalid Host header, and accept every valid one", () =>
    Effect.gen(function* () {
      const { runnerToken } = yield* aRunner
      const body = JSON.stringify({ runnerToken })
      const send = (host: string, path: string) =>
        Effect.gen(function* () {
          const { ended, write } = yield* connected
          const lines = [
            `POST ${path} HTTP/1.1`,
            `Host: ${host}`,
            "Content-Type: application/json",
            "Connection: close"
          ]
          yield* write(`${head(...lines, `Content-Length: ${body.length}`)}${body}`)
          return (yield* ended).slice(0, 12)
        })
      for (const host of ["999.999.999.999", "%", "[::", "a b", "a:99999999", "\u00ff\u00fe^"]) {
        for (const path of [`${R}/jobs/request`, `${R}/jobs/%41/accept`, `${R}/nothing`, "/%"]) {
          assert.strictEqual(yield* send(host, path), "HTTP/1.1 400", `${host} ${path}`)
        }
      }
      for (const host of ["", "a..b", "my_server:3000", "[::1]:80", "other.example"]) {
        assert.strictEqual(yield* send(host, `${R}/jobs/request`), "HTTP/1.1 200", host)
        assert.strictEqual(yield* send(host, `${R}/nothing/%41`), "HTTP/1.1 404", host)
      }
      // Node 20 and 22 reject these names, Node 24 and 26 accept them. Each version must do so on every route.
      for (const host of ["xn--", "xn--a"]) {
        const isValid = URL.canParse(`http://${host}`)
        assert.strictEqual(yield* send(host, `${R}/jobs/request`), isValid ? "HTTP/1.1 200" : "HTTP/1.1 400", host)
        assert.strictEqual(yield* send(host, `${R}/nothing/%41`), isValid ? "HTTP/1.1 404" : "HTTP/1.1 400", host)
      }
    })
  )

  it.scoped("reject malformed targets", () =>
    Effect.gen(function* () {
      for (const target of ["//", "/%", "*", "/api/v1/runners/jobs/%ff/accept", "http://[/", "/a b"]) {
        const { ended, write } = yield* connected
        yield* write(head(`POST ${target} HTTP/1.1`, "Host: a", "Content-Length: 0", "Connection: close"))
        assert.match(yield* ended, /^HTTP\/1.1 4\d\d /, target)
      }
    })
  )

  it.effect("use the address of the runner", () =>
    Effect.gen(function* () {
      const { id } = yield* aRunner
      const runners = yield* Runners.Runners
      const known = yield* runners.byIds([id as Parameters<typeof runners.byIds>[0][number]])
      deepStrictEqual(
        Array.from(known.values(), ({ ip }) => ip),
        [Option.some("127.0.0.1")]
      )
    })
  )
})
