import { request } from "node:http"
import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Wire } from "@runner-connector/contracts/wire"
import { Effect, Layer } from "effect"
import { H3Runners } from "../src/index.ts"
import { aServer, Listening } from "./support/server.ts"

/** A server with a route of the host's, which trusts every client. */
const guarded = Layer.scoped(
  Listening,
  Effect.gen(function* () {
    const guard = yield* H3Runners.sameOrigin({
      publicUrl: new URL("https://media.example"),
      isOwnHost: (hostname) => hostname === "127.0.0.1"
    })
    return yield* aServer({ app: (app) => app.use(guard).all("/own", () => "done") })
  })
).pipe(Layer.provideMerge(Wire.World.layer({})))

const send = (port: number, path: string, headers: Record<string, string>, method = "POST") =>
  Effect.promise(
    () =>
      new Promise<{ status: number | undefined; type: string | undefined; connection: string | undefined }>(
        (resolve) => {
          request({ host: "127.0.0.1", port, path, method, headers }, (answer) => {
            answer.resume()
            const { connection, "content-type": type } = answer.headers
            resolve({ status: answer.statusCode, type, connection })
          }).end(method === "POST" ? "{}" : undefined)
        }
      )
  )

layer(guarded, { excludeTestServices: true })("the middleware against requests of other origins", (it) => {
  it.effect("refuses them on all routes, as problem documents, and closes the connection", () =>
    Effect.gen(function* () {
      const { port } = yield* Listening
      for (const path of ["/own", `${Wire.Client.R}/register`]) {
        for (const headers of [{ origin: "https://evil.example" }, { host: "evil.example" }]) {
          const answer = yield* send(port, path, headers)
          deepStrictEqual(answer, { status: 403, type: "application/problem+json", connection: "close" })
        }
      }
    })
  )

  it.effect("passes the page's own, those of other programs, and all that only read", () =>
    Effect.gen(function* () {
      const { port } = yield* Listening
      for (const headers of [{}, { origin: "https://media.example" }, { "sec-fetch-site": "same-origin" }]) {
        assert.strictEqual((yield* send(port, "/own", headers)).status, 200)
      }
      assert.strictEqual((yield* send(port, "/own", { host: "evil.example" }, "GET")).status, 200)
      const json = { "content-type": "application/json" }
      assert.strictEqual((yield* send(port, `${Wire.Client.R}/register`, json)).status, 400, "the runner API itself")
    })
  )
})
