import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { eventually } from "@runner-connector/contracts"
import { Wire } from "@runner-connector/contracts/wire"
import { Endpoint, endpoints, RunnerWeb } from "@runner-connector/protocol"
import { Effect, Fiber, Option, TestClock } from "effect"

const { aHeldJob, resultParts, stateOf, tokenParts } = Wire.Arrange
const { formBytes, formType } = Wire.Client

const inMemory = Wire.reachedBy(
  Effect.map(
    RunnerWeb.RunnerWeb,
    ({ handle }) =>
      (request: Request) =>
        Effect.runPromise(handle(request))
  )
)

const MIB = 1024 ** 2

/** A body that begins with these bytes and does not end. Records whether it was cancelled. */
const endless = (start: Uint8Array) => {
  const watched = { isCancelled: false }
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(start),
    cancel: () => {
      watched.isCancelled = true
    }
  })
  return { body, watched }
}

const upload = (path: string, body: ReadableStream<Uint8Array>) =>
  new Request(`${Wire.World.origin}${path}/success`, {
    method: "POST",
    headers: { "content-type": formType() },
    body,
    // Required for streams, and missing in the types.
    ...{ duplex: "half" }
  })

const spooled = Effect.flatMap(Wire.World.Spooled, ({ files }) => files)

layer(Wire.World.layer({ maxFileSize: 200 * MIB }))("RunnerWeb", (it) => {
  it.effect("stops reading a rejected body that does not end, and closes the connection", () =>
    Effect.gen(function* () {
      const { handle } = yield* RunnerWeb.RunnerWeb
      const { path, tokens } = yield* aHeldJob()
      const stale = { ...tokens, jobToken: "ptrjt-stale" }
      const { body } = endless(formBytes([...tokenParts(stale), ...resultParts()]).slice(0, 10_000))
      const answering = yield* Effect.fork(handle(upload(path, body)))
      yield* eventually(
        Effect.zipRight(
          TestClock.adjust("31 seconds"),
          Effect.sync(() => answering.unsafePoll() !== null)
        ),
        (isAnswered) => isAnswered
      )
      const response = yield* Fiber.join(answering)
      assert.strictEqual(response.status, 404)
      assert.strictEqual(response.headers.get("connection"), "close")
      deepStrictEqual(yield* spooled, [])
    }).pipe(Effect.provide(inMemory))
  )

  it.effect("cancels the body and removes its files when the client disconnects", () =>
    Effect.gen(function* () {
      const { handle } = yield* RunnerWeb.RunnerWeb
      const { id, path, tokens } = yield* aHeldJob()
      const { body, watched } = endless(formBytes([...tokenParts(tokens), ...resultParts()]).slice(0, 10_000))
      const answering = yield* Effect.fork(handle(upload(path, body)))
      yield* eventually(spooled, (files) => files.length === 1)
      yield* Fiber.interrupt(answering)
      assert.isTrue(watched.isCancelled)
      deepStrictEqual(yield* spooled, [])
      assert.strictEqual(yield* stateOf(id), "Processing")
    }).pipe(Effect.provide(inMemory))
  )

  it.effect("rejects a form with a file before its tokens, and stores nothing of it", () =>
    Effect.gen(function* () {
      const { handle } = yield* RunnerWeb.RunnerWeb
      const { id, path, tokens } = yield* aHeldJob()
      const files = formBytes([...resultParts(), ...tokenParts(tokens)])
      const stored: Array<number> = []
      let sent = 0
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          stored.push((await Effect.runPromise(spooledNow)).length)
          controller.enqueue(sent === 0 ? files.slice(0, 1000) : new Uint8Array(MIB))
          sent += 1
          if (sent > 100) controller.close()
        }
      })
      const spooledNow = Effect.provide(spooled, yield* Effect.context<Wire.World.Spooled>())
      const response = yield* handle(upload(path, body))
      assert.strictEqual(response.status, 400)
      // The rest was discarded, so the connection can serve the next request.
      assert.isNull(response.headers.get("connection"))
      deepStrictEqual([sent, Math.max(...stored)], [101, 0])
      assert.strictEqual(yield* stateOf(id), "Processing")
    }).pipe(Effect.provide(inMemory))
  )

  it.effect("answers each endpoint, and no other", () =>
    Effect.gen(function* () {
      const { respond } = yield* RunnerWeb.RunnerWeb
      const params = { jobUUID: crypto.randomUUID(), videoId: "1" }
      const context = { clientAddress: Option.none(), params }
      for (const endpoint of endpoints) {
        const request = new Request(Wire.World.origin + Endpoint.pathOf(endpoint, params), { method: "POST" })
        const expected = endpoint.admin ? 401 : endpoint.method === "GET" ? 200 : 400
        assert.strictEqual((yield* respond(endpoint, request, context)).status, expected, endpoint.name)
        const unknown = yield* respond({ ...endpoint, name: "unheard-of" }, request, context)
        assert.strictEqual(unknown.status, 404)
      }
    })
  )

  it.effect("answers a defect without details, and logs it", () =>
    Effect.gen(function* () {
      const { handle } = yield* RunnerWeb.RunnerWeb
      const { lines } = yield* Wire.Journal
      const headers = new Proxy(new Headers(), {
        get: () => {
          throw new Error("the fault itself")
        }
      })
      const request = Object.create(new Request(`${Wire.World.origin}${Wire.Client.R}/register`, { method: "POST" }), {
        headers: { value: headers },
        url: { value: `${Wire.World.origin}${Wire.Client.R}/register` },
        method: { value: "POST" },
        body: { value: null }
      })
      const response = yield* handle(request)
      const text = yield* Effect.promise(() => response.text())
      assert.strictEqual(response.status, 500)
      assert.notInclude(text, "fault")
      assert.include(lines.join("\n"), "the fault itself")
    })
  )
})
