import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { assert, layer, type Vitest } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { api, assertProblem } from "./support/Api.ts"
import * as Browser from "./support/Browser.ts"
import { fixture } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { raw } from "./support/Refusing.ts"
import { exchange } from "./support/rawTcp.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

/** A server without ADMIN_TOKEN, with one video. */
class Server extends Context.Tag("Server")<
  Server,
  { readonly server: ExampleServer.ExampleServer; readonly port: number; readonly uuid: string }
>() {}

const makeServer = Effect.gen(function* () {
  const port = yield* freePort
  const env = { LOCAL_RUNNER: "off", ALLOWED_HOSTS: "media.internal" }
  const server = yield* ExampleServer.start({ dataDir: join(yield* temporaryFolder, "data"), port, env })
  const { uuid } = yield* api(server.url).upload(fixture("moov-last.mp4"))
  return { server, port, uuid }
})

/** The URL of an empty page of another origin on this machine. */
const otherPage = Effect.map(
  Effect.acquireRelease(
    Effect.async<ReturnType<typeof createServer>>((resume) => {
      const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<p>"))
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.closeAllConnections() ?? server.close())
  ),
  (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
)

/** Requests that a page may send without a preflight: a form, and requests without a body. */
const attack = (origin: string, uuid: string): string => `(async () => {
  const form = new FormData()
  form.set("videoFile", new Blob(["x"], { type: "video/mp4" }), "clip.mp4")
  const sends = [["/videos/upload", form], ["/videos/${uuid}/transcript"], ["/videos/${uuid}/renditions"]]
  return await Promise.all(sends.map(([path, body]) =>
    fetch("${origin}" + path, { method: "POST", body, mode: "no-cors" }).then(({ status }) => status)
  ))
})()`

const stateOf = ({ server, uuid }: Server["Type"]) =>
  Effect.gen(function* () {
    const { total } = yield* api(server.url).videos
    const { jobs } = yield* api(server.url).video(uuid)
    return { total, jobs: jobs.map(({ type }) => type) }
  })

const browserCases = (it: Vitest.MethodsNonLive<Server, true>, program: string) => {
  it.scoped("a page of another origin changes nothing in Chromium", () =>
    Effect.gen(function* () {
      const stage = yield* Server
      const before = yield* stateOf(stage)
      const tab = yield* Browser.open(program, yield* otherPage)
      assert.deepStrictEqual(yield* tab.evaluate(attack(stage.server.url, stage.uuid)), [0, 0, 0], "opaque answers")
      assert.deepStrictEqual(yield* stateOf(stage), before)
    })
  )

  it.scoped("a page with a rebound host name changes nothing in Chromium", () =>
    Effect.gen(function* () {
      const stage = yield* Server
      const before = yield* stateOf(stage)
      const rebound = `http://evil.example:${stage.port}`
      const tab = yield* Browser.open(program, `${rebound}/`, ["--host-resolver-rules=MAP evil.example 127.0.0.1"])
      assert.deepStrictEqual(yield* tab.evaluate(attack(rebound, stage.uuid)), [403, 403, 403])
      assert.deepStrictEqual(yield* stateOf(stage), before)
    })
  )

  it.scoped("the server's own page can make changes in Chromium", () =>
    Effect.gen(function* () {
      const { server, uuid } = yield* Server
      const tab = yield* Browser.open(program, `${server.url}/`)
      const renditions = `fetch("/videos/${uuid}/renditions", { method: "POST" }).then(({ status }) => status)`
      assert.strictEqual(yield* tab.evaluate(renditions), 200)
    })
  )
}

layer(Layer.scoped(Server, makeServer), { excludeTestServices: true, timeout: "5 minutes" })(
  "a server without a token",
  (it) => {
    it.effect("changes nothing for pages of other origins and foreign hosts", () =>
      Effect.gen(function* () {
        const stage = yield* Server
        const before = yield* stateOf(stage)
        const foreign = [
          ["Origin: https://evil.example"],
          ["Sec-Fetch-Site: cross-site"],
          ["Sec-Fetch-Site: same-site"]
        ]
        for (const headers of foreign) {
          for (const [method, path] of [
            ["POST", "/videos/upload"],
            ["POST", "/videos/transcode"],
            ["POST", "/lives"],
            ["POST", `/videos/${stage.uuid}/transcript`],
            ["POST", "/api/v1/runners/register"],
            ["DELETE", `/videos/${stage.uuid}`]
          ] as const) {
            const answer = yield* exchange(stage.port, raw(method, path, headers))
            assert.isDefined(answer)
            assertProblem(answer, 403)
          }
        }
        assert.deepStrictEqual(yield* stateOf(stage), before)
      })
    )

    it.effect("answers only for its own hosts and ALLOWED_HOSTS", () =>
      Effect.gen(function* () {
        const { port, uuid } = yield* Server
        const post = (host: string) =>
          exchange(
            port,
            Buffer.from(`POST /videos/${uuid}/renditions HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n\r\n`)
          )
        for (const host of [`127.0.0.1:${port}`, "localhost", "[::1]", "media.internal:80"]) {
          assert.strictEqual((yield* post(host))?.status, 200, host)
        }
        for (const host of ["evil.example", "192.168.0.7", "media.internal.evil.example"]) {
          assert.strictEqual((yield* post(host))?.status, 403, host)
        }
      })
    )

    if (Browser.chromium !== undefined) browserCases(it, Browser.chromium)
    else console.warn("LEFT OUT: pages of other origins in a browser. There is no Chromium on PATH.")
  }
)
