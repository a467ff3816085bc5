import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { availableJobs, eventually } from "@runner-connector/contracts"
import { Effect } from "effect"
import { connect } from "./support/clients.ts"
import { Host, notifierOn } from "./support/hosts.ts"
import { dial, frame, framesOf, sendAndWait } from "./support/rawSocket.ts"
import { registered } from "./support/runners.ts"

const http = (method: string, path: string, headers: ReadonlyArray<string> = [], body = "") =>
  [
    `${method} ${path} HTTP/1.1`,
    "Host: x",
    "Connection: close",
    `Content-Length: ${body.length}`,
    ...headers,
    "",
    body
  ].join("\r\n")

const webSocket = (query: string, headers: ReadonlyArray<string>) =>
  [`GET /socket.io/${query} HTTP/1.1`, "Host: x", "Connection: Upgrade", "Upgrade: websocket", ...headers, "", ""].join(
    "\r\n"
  )

const KEY = ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: 7nTTuySi4f+HaDbRUJs6Bg=="]
const HANDSHAKE = webSocket("?EIO=4&transport=websocket", KEY)
const POLLING = "/socket.io/?EIO=4&transport=polling"

/** Sent over a fresh connection. Each is answered with 400 or by closing the connection. */
const NONSENSE: ReadonlyArray<readonly [name: string, bytes: string]> = [
  ["no parameters", http("GET", "/socket.io/")],
  ["no protocol", http("GET", "/socket.io/?transport=polling")],
  ["an old protocol", http("GET", "/socket.io/?EIO=3&transport=polling")],
  ["an unknown protocol", http("GET", "/socket.io/?EIO=99&transport=polling")],
  ["an unknown transport", http("GET", "/socket.io/?EIO=4&transport=__proto__")],
  ["a repeated transport", http("GET", "/socket.io/?EIO=4&transport=polling&transport=constructor")],
  ["a WebSocket without an upgrade", http("GET", "/socket.io/?EIO=4&transport=websocket")],
  ["an unknown session", http("GET", `${POLLING}&sid=nobody`)],
  ["a session named as a prototype", http("GET", `${POLLING}&sid=__proto__`)],
  ["a session named as a method", http("POST", `${POLLING}&sid=constructor`, [], "40")],
  ["invalid percent encoding", http("GET", "/socket.io/?EIO=%&transport=%ff%fe&sid=%")],
  ["a path that is not a valid URL", http("GET", "/socket.io///[::/?EIO=4&transport=polling&sid=%5B")],
  ["another method", http("DELETE", POLLING)],
  ["a handshake by POST", http("POST", POLLING, [], "40/runners,")],
  ["an origin with control characters", http("GET", POLLING, ["Origin: http://\x7f"])],
  ["a WebSocket without a key", webSocket("?EIO=4&transport=websocket", ["Sec-WebSocket-Version: 13"])],
  [
    "a WebSocket of another version",
    webSocket("?EIO=4&transport=websocket", [KEY[1] ?? "", "Sec-WebSocket-Version: 1"])
  ],
  ["a WebSocket without a protocol version", webSocket("", KEY)],
  ["a WebSocket into an unknown session", webSocket("?EIO=4&transport=websocket&sid=__proto__", KEY)]
]

/** Sent over a WebSocket. The server closes the connection after each. */
const BAD_FRAMES: ReadonlyArray<readonly [name: string, bytes: Buffer]> = [
  ["no packet", frame("hello")],
  ["no text", frame("", 2)],
  ["a packet of an unknown type", frame("4x")],
  ["an event without a namespace", frame('42["available-jobs"]')],
  ["an event before the namespace is joined", frame('42/runners,["available-jobs"]')],
  ["a broken handshake", frame('40/runners,{"runnerToken"')],
  ["a handshake that is a list", frame("40/runners,[1]")],
  ["too many attachments", frame('4599999-/runners,["x"]')],
  ["an attachment without an event", frame("\x00\x01", 2)],
  ["a message that is too long", frame(`40/runners,{"runnerToken":"${"x".repeat(20_000)}"}`)],
  ["a frame that is not masked", Buffer.from([0x81, 0x02, 0x34, 0x30])],
  ["a reserved opcode", frame("40", 3)]
]

/** Connects a runner and pings it, to prove that the server still works. */
const servesStill = Effect.gen(function* () {
  const { port } = yield* Host
  const runner = yield* connect(port, yield* registered())
  yield* eventually(runner.connected, (is) => is)
  yield* availableJobs
  yield* eventually(runner.pings, (pings) => pings === 1)
}).pipe(Effect.scoped)

it.effect("answers malformed requests with 400 and keeps serving", () =>
  Effect.gen(function* () {
    const { port } = yield* Host
    for (const [name, bytes] of NONSENSE) {
      assert.match(yield* sendAndWait(port, bytes), /^HTTP\/1\.1 4\d\d /, name)
    }
    yield* servesStill
  }).pipe(Effect.provide(notifierOn()))
)

it.effect("closes a WebSocket that sends malformed frames and keeps serving", () =>
  Effect.gen(function* () {
    const { port } = yield* Host
    for (const [name, bytes] of BAD_FRAMES) {
      const raw = yield* dial(port)
      yield* raw.send(HANDSHAKE)
      yield* eventually(Effect.map(raw.received, framesOf), (frames) => frames.length === 1)
      yield* raw.send(bytes)
      const left = Effect.zipWith(raw.closed, Effect.map(raw.received, framesOf), (closed, frames) => ({
        name,
        parted: closed || frames.includes("CLOSE")
      }))
      yield* eventually(left, ({ parted }) => parted)
    }
    yield* servesStill
  }).pipe(Effect.scoped, Effect.provide(notifierOn()))
)

it.effect("accepts at most 16 KiB from a polling client, with or without a content length", () =>
  Effect.gen(function* () {
    const { port } = yield* Host
    const session = Effect.promise(async () => {
      const opened = await (await fetch(`http://127.0.0.1:${port}${POLLING}`)).text()
      const { maxPayload, sid } = JSON.parse(opened.slice(1))
      assert.strictEqual(maxPayload, 16 * 1024)
      return `${POLLING}&sid=${sid}`
    })
    const long = `40/runners,{"runnerToken":"${"x".repeat(20_000)}"}`
    assert.match(yield* sendAndWait(port, http("POST", yield* session, [], long)), /^HTTP\/1\.1 413 /)
    const chunked = `POST ${yield* session} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`
    const chunk = `${long.length.toString(16)}\r\n${long}\r\n`
    assert.notMatch(yield* sendAndWait(port, chunked + chunk.repeat(3)), /^HTTP\/1\.1 2/)
    assert.match(yield* sendAndWait(port, http("POST", yield* session, [], "junk")), /^HTTP\/1\.1 /)
    yield* servesStill
  }).pipe(Effect.provide(notifierOn()))
)

it.scoped("ignores all messages of a runner and keeps it connected", () =>
  Effect.gen(function* () {
    const { port } = yield* Host
    const token = yield* registered()
    const raw = yield* dial(port)
    const frames = Effect.map(raw.received, framesOf)
    yield* raw.send(HANDSHAKE)
    yield* eventually(frames, (seen) => seen.length === 1)
    yield* raw.send(frame(`40/runners,{"runnerToken":"${token}"}`))
    yield* eventually(frames, (seen) => seen.length === 2)
    for (const event of [
      '["available-jobs"]',
      '["error","x"]',
      '["message",{"__proto__":1}]',
      '17["with-ack"]',
      "[1]"
    ]) {
      yield* raw.send(frame(`42/runners,${event}`))
    }
    yield* servesStill
    const seen = yield* eventually(frames, (texts) => texts.length >= 3)
    deepStrictEqual(seen.slice(2), ['42/runners,["available-jobs"]'])
  }).pipe(Effect.provide(notifierOn()))
)

it.scoped("survives connections that break at any point", () =>
  Effect.gen(function* () {
    const { port } = yield* Host
    const token = yield* registered()
    const hello = `40/runners,{"runnerToken":"${token}"}`
    for (const said of [
      HANDSHAKE.slice(0, 40),
      HANDSHAKE,
      HANDSHAKE + frame(hello),
      http("POST", POLLING, [], "x").slice(0, -1)
    ]) {
      const raw = yield* dial(port)
      yield* raw.send(said)
      yield* Effect.sync(() => raw.socket.resetAndDestroy())
    }
    yield* servesStill
  }).pipe(Effect.provide(notifierOn()))
)
