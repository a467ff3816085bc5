import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { eventually } from "@runner-connector/contracts"
import { Wire } from "@runner-connector/contracts/wire"
import { Runners } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { aServer } from "./support/server.ts"

const { aRegistrationToken } = Wire.Arrange
const { R } = Wire.Client

const get = (port: number, path: string, init: RequestInit = {}) =>
  Effect.promise(async () => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init)
    return { status: response.status, type: response.headers.get("content-type"), text: await response.text() }
  })

layer(Wire.World.layer(), { excludeTestServices: true })("a host's own app", (it) => {
  it.scoped("serves its routes beside the runner API, and sees every request first", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const { port } = yield* aServer({
        app: (app) => {
          app.use((event, next) => {
            seen.push(`${event.req.method} ${event.url.pathname}`)
            return next()
          })
          app.get("/hello", () => "hello")
          app.get(`${R}/jobs`, () => ({ total: 0 }))
        }
      })
      assert.strictEqual((yield* get(port, "/hello")).text, "hello")
      assert.strictEqual((yield* get(port, `${R}/jobs`)).text, '{"total":0}')
      assert.strictEqual((yield* get(port, `${R}/jobs/request`)).status, 405)
      assert.strictEqual((yield* get(port, `${R}/jobs/request`, { method: "POST" })).status, 400)
      const unknown = yield* get(port, "/nothing")
      deepStrictEqual([unknown.status, unknown.type?.split(";")[0]], [404, "application/problem+json"])
      deepStrictEqual(seen.slice(0, 2), ["GET /hello", `GET ${R}/jobs`])
      assert.lengthOf(seen, 5)
    })
  )

  it.scoped("may set the client address behind a proxy", () =>
    Effect.gen(function* () {
      const { port } = yield* aServer({
        app: (app) =>
          void app.use((event, next) => {
            event.context.clientAddress = event.req.headers.get("x-real-ip") ?? ""
            return next()
          })
      })
      const registrationToken = yield* aRegistrationToken
      const name = "behind a proxy"
      yield* get(port, `${R}/register`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-real-ip": "203.0.113.7" },
        body: JSON.stringify({ name, registrationToken })
      })
      const runners = yield* Runners.Runners
      const { data } = yield* runners.list({ start: 0, count: 100 })
      deepStrictEqual(data.find((runner) => runner.name === name)?.ip, Option.some("203.0.113.7"))
    })
  )

  it.scoped("may answer every other path", () =>
    Effect.gen(function* () {
      const { port } = yield* aServer({ app: (app) => void app.get("/**", () => "page") })
      assert.strictEqual((yield* get(port, "/any/where")).text, "page")
      assert.strictEqual((yield* get(port, `${R}/jobs/request`)).status, 405)
      assert.strictEqual((yield* get(port, "/any/where", { method: "POST" })).status, 404)
    })
  )

  it.scoped("may fail: the error is logged, and the server continues", () =>
    Effect.gen(function* () {
      const { lines } = yield* Wire.Journal
      const { port } = yield* aServer({
        app: (app) => {
          app.get("/throws", () => {
            throw new Error("a fault of the host")
          })
          app.get("/rejects", () => Promise.reject("a reason that is no error"))
          app.get("/breaks", () => {
            const broken = new ReadableStream({
              pull(controller) {
                controller.error(new Error("a broken stream"))
              }
            })
            return new Response(broken)
          })
        }
      })
      for (const path of ["/throws", "/rejects"]) {
        const answer = yield* get(port, path)
        assert.strictEqual(answer.status, 500)
        assert.notInclude(answer.text, "fault")
      }
      yield* eventually(
        Effect.sync(() => lines.join("\n")),
        (logged) => logged.includes("a fault of the host")
      )
      yield* Effect.promise(() =>
        fetch(`http://127.0.0.1:${port}/breaks`)
          .then((r) => r.text())
          .catch(() => undefined)
      )
      assert.strictEqual((yield* get(port, `${R}/jobs/request`)).status, 405)
    })
  )
})
