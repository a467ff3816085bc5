import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Wire } from "@runner-connector/contracts/wire"
import { EventStore, Runners } from "@runner-connector/core"
import { ApiWeb, RunnerWeb } from "@runner-connector/protocol"
import { Deferred, Effect, Redacted, TestClock } from "effect"

const { adminToken, origin } = Wire.World

type Frame = Readonly<Record<string, string>>

const parse = (text: string): Frame =>
  Object.fromEntries(
    text
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith(":"))
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)])
  )

const ask = (search: string, headers: Record<string, string>, method = "GET") =>
  Effect.flatMap(ApiWeb.ApiWeb, ({ handle }) => {
    const authorized = { authorization: `Bearer ${adminToken}`, ...headers }
    return handle(new Request(`${origin}/events${search}`, { method, headers: authorized }))
  })

/** Opens a stream. `text` reads one frame, or `end`. */
const open = (search = "", headers: Record<string, string> = {}) =>
  Effect.gen(function* () {
    const response = yield* ask(search, headers)
    assert.strictEqual(response.headers.get("content-type"), "text/event-stream; charset=utf-8")
    const reader = response.body?.getReader()
    assert.isDefined(reader)
    const close = Effect.promise(() => reader.cancel())
    yield* Effect.addFinalizer(() => close)
    const decoder = new TextDecoder()
    let buffer = ""
    const text = Effect.promise(async () => {
      while (!buffer.includes("\n\n")) {
        const { done, value } = await reader.read()
        if (done) return "end"
        buffer += decoder.decode(value, { stream: true })
      }
      const end = buffer.indexOf("\n\n")
      const found = buffer.slice(0, end)
      buffer = buffer.slice(end + 2)
      return found
    })
    return { text, close, next: Effect.map(text, parse) }
  })

/** Registers a runner, which adds an event. */
const register = (name: string) =>
  Effect.gen(function* () {
    const { createRegistrationToken } = yield* Runners.Runners
    const { handle } = yield* RunnerWeb.RunnerWeb
    const registrationToken = Redacted.value((yield* createRegistrationToken()).registrationToken)
    const body = JSON.stringify({ name, registrationToken })
    const headers = { "content-type": "application/json" }
    const { status } = yield* handle(
      new Request(`${origin}/api/v1/runners/register`, { method: "POST", headers, body })
    )
    assert.strictEqual(status, 200)
  })

const dataOf = ({ data = "null" }: Frame) => JSON.parse(data)

it.scoped("streams events, and resumes after the last one", () =>
  Effect.gen(function* () {
    const first = yield* open()
    const ready = yield* first.next
    deepStrictEqual([ready.event, dataOf(ready)], ["ready", { cursor: ready.id, resumed: false }])
    yield* register("one")
    const event = yield* first.next
    deepStrictEqual(
      [event.event, dataOf(event).data, dataOf(event).cursor],
      ["runner.registered", { name: "one" }, event.id]
    )

    const again = yield* open("", { "last-event-id": ready.id ?? "" })
    deepStrictEqual(dataOf(yield* again.next), { cursor: ready.id, resumed: true })
    deepStrictEqual(yield* again.next, event)
    const later = yield* open(`?after=${event.id}`)
    deepStrictEqual(dataOf(yield* later.next), { cursor: event.id, resumed: true })
    yield* register("two")
    deepStrictEqual(dataOf(yield* later.next).data, { name: "two" })
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.scoped("resets a client whose next events were removed, or whose position is not of this log", () =>
  Effect.gen(function* () {
    const store = yield* EventStore.EventStore
    const before = yield* store.end
    yield* register("one")
    yield* TestClock.adjust("1 second")
    deepStrictEqual(yield* store.prune("0 millis", 100), 1)
    for (const old of [before, `${"9".repeat(17)}.0`, `${"9".repeat(17)}.7`]) {
      const { next } = yield* open("", { "last-event-id": old })
      const reset = yield* next
      deepStrictEqual([reset.event, dataOf(reset)], ["reset", { cursor: reset.id }], old)
      const ready = yield* next
      deepStrictEqual([ready.event, dataOf(ready)], ["ready", { cursor: reset.id, resumed: false }], old)
      yield* register(`after ${old}`)
      deepStrictEqual(dataOf(yield* next).data, { name: `after ${old}` })
    }
    const asked = yield* open(`?after=${before}`)
    deepStrictEqual((yield* asked.next).event, "reset")
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.scoped("events of other types only move the position", () =>
  Effect.gen(function* () {
    const { next } = yield* open("?typeOneOf=video.created&typeOneOf=runner.removed")
    yield* next
    yield* register("one")
    const moved = yield* next
    deepStrictEqual(Object.keys(moved), ["id"])
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.scoped("sends a comment every 15 seconds", () =>
  Effect.gen(function* () {
    const { text } = yield* open()
    yield* text
    const reading = yield* Effect.fork(text)
    yield* TestClock.adjust("15 seconds")
    deepStrictEqual(yield* reading, ": heartbeat")
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.scoped("a malformed Last-Event-ID resets, a malformed query is refused, and others see nothing", () =>
  Effect.gen(function* () {
    for (const malformed of ["'; DROP TABLE event", `${"9".repeat(20)}.0`]) {
      const { next } = yield* open("", { "last-event-id": malformed })
      deepStrictEqual((yield* next).event, "reset", malformed)
    }
    for (const after of ["x", "", "1", "-1.0", `${"9".repeat(19)}.0`, `0.${"9".repeat(19)}`]) {
      deepStrictEqual((yield* ask(`?after=${after}`, {})).status, 400, after)
    }
    deepStrictEqual((yield* ask("?typeOneOf=video.unknown", {})).status, 400)
    deepStrictEqual((yield* ask("", { authorization: "Bearer wrong" })).status, 401)
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.scoped("ends when the server shuts down", () =>
  Effect.gen(function* () {
    const down = yield* Deferred.make<void>()
    yield* Effect.gen(function* () {
      const { text } = yield* open()
      yield* text
      yield* Deferred.succeed(down, undefined)
      deepStrictEqual(yield* text, "end")
      const late = yield* open()
      yield* late.text
      deepStrictEqual(yield* late.text, "end")
    }).pipe(Effect.provide(Wire.World.layer({}, { until: Deferred.await(down) })))
  })
)

it.scoped("ends after its administrator has signed out", () =>
  Effect.gen(function* () {
    const { handle } = yield* ApiWeb.ApiWeb
    const session = (method: string, headers: Record<string, string>, body?: string) =>
      handle(new Request(`${origin}/session`, { method, headers, ...(body === undefined ? {} : { body }) }))
    const token = JSON.stringify({ token: adminToken })
    const signedIn = yield* session("POST", { "content-type": "application/json" }, token)
    const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? ""
    const { text } = yield* open("", { authorization: "", cookie })
    yield* text
    const heartbeat = yield* Effect.fork(text)
    yield* TestClock.adjust("15 seconds")
    deepStrictEqual(yield* heartbeat, ": heartbeat")
    deepStrictEqual((yield* session("DELETE", { cookie })).status, 204)
    const rest = yield* Effect.fork(Effect.repeat(text, { until: (frame) => frame === "end" }))
    yield* TestClock.adjust("30 seconds")
    deepStrictEqual(yield* rest, "end")
    deepStrictEqual((yield* ask("", { authorization: "", cookie })).status, 401)
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.scoped("clients of open videos see no runners", () =>
  Effect.gen(function* () {
    const { next } = yield* open("", { authorization: "" })
    yield* next
    yield* register("one")
    deepStrictEqual(Object.keys(yield* next), ["id"])
  }).pipe(Effect.provide(Wire.World.layer({}, { opensVideos: true })))
)

it.scoped("opens a limited number of streams, of which only read ones count", () =>
  Effect.gen(function* () {
    for (const method of ["HEAD", "GET", "HEAD", "GET"]) deepStrictEqual((yield* ask("", {}, method)).status, 200)
    const streams = yield* Effect.all([open(), open()])
    for (const { text } of streams) yield* text
    const refused = yield* ask("", {})
    deepStrictEqual([refused.status, refused.headers.get("retry-after")], [503, "5"])
    deepStrictEqual(refused.headers.get("content-type"), "application/problem+json")
    yield* streams[0].close
    const { next } = yield* open()
    deepStrictEqual((yield* next).event, "ready")
  }).pipe(Effect.provide(Wire.World.layer({}, { maxEventStreams: 2 })))
)
