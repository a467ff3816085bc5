import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Layer } from "effect"
import { api, assertProblem, request } from "./support/Api.ts"
import { fixture } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { raw } from "./support/Refusing.ts"
import { dial } from "./support/rawTcp.ts"
import { recordedRunners } from "./support/recordedRunners.ts"
import * as ScriptedRunner from "./support/ScriptedRunner.ts"
import { filesBelow, freePort, temporaryFolder } from "./support/workspace.ts"
import { limitsWrongTokens } from "./support/wrongTokens.ts"

const TOKEN = "a-secret/of~the+operator="

class Guarded extends Context.Tag("Guarded")<
  Guarded,
  {
    readonly server: ExampleServer.ExampleServer
    readonly port: number
    readonly uuid: string
    /** The key of the upload. */
    readonly key: string
    readonly stored: Effect.Effect<ReadonlyArray<readonly [name: string, size: number]>>
  }
>() {}

/** A server that others can reach, with a token. */
const guarded = Layer.scoped(
  Guarded,
  Effect.gen(function* () {
    const dataDir = join(yield* temporaryFolder, "data")
    const port = yield* freePort
    const env = { HOST: "0.0.0.0", ADMIN_TOKEN: TOKEN, LOCAL_RUNNER: "off", PUBLIC_URL: `http://127.0.0.1:${port}` }
    const server = yield* ExampleServer.start({ dataDir, port, env })
    const { uuid } = yield* api(server.url, TOKEN).upload(fixture("moov-last.mp4"))
    const stored = filesBelow(join(dataDir, "storage"))
    const key = (yield* stored).find(([name]) => name.startsWith("uploads/"))?.[0] ?? ""
    return { server, port, uuid, key, stored }
  })
)

const headers = [
  {},
  { authorization: "" },
  { authorization: "Bearer" },
  { authorization: "Bearer wrong" },
  { authorization: `Basic ${btoa(`admin:${TOKEN}`)}` },
  { authorization: TOKEN },
  { authorization: `Bearer ${TOKEN} x` },
  { "x-admin-token": TOKEN }
]

layer(guarded, { excludeTestServices: true, timeout: "5 minutes" })("with ADMIN_TOKEN", (it) => {
  it.effect(
    "lists, details, uploads, transcoding, renditions, captions, edits, probe results and deletion require it",
    () =>
      Effect.gen(function* () {
        const { key, server, stored, uuid } = yield* Guarded
        const client = api(server.url)
        const before = yield* stored
        for (const given of headers) {
          const answers = yield* Effect.all([
            client.send("/videos", { headers: given }),
            client.send(`/videos/${uuid}`, { headers: given }),
            client.send("/videos/00000000-0000-4000-8000-000000000000", { headers: given }),
            client.send("/videos/upload", { method: "POST", body: new FormData(), headers: given }),
            client.send("/videos/transcode", {
              method: "POST",
              body: JSON.stringify({ path: key, destination: "videos/other" }),
              headers: { "content-type": "application/json", ...given }
            }),
            client.send(`/videos/${uuid}/transcript`, { method: "POST", headers: given }),
            client.send(`/videos/${uuid}/renditions`, { method: "POST", headers: given }),
            client.send(`/videos/${uuid}/edit`, { method: "POST", body: new FormData(), headers: given }),
            client.send(`/videos/${uuid}/reports`, { headers: given }),
            client.send(`/videos/${uuid}`, { method: "DELETE", headers: given }),
            client.send("/videos/00000000-0000-4000-8000-000000000000", { method: "DELETE", headers: given })
          ])
          for (const answer of answers) {
            assertProblem(answer, 401)
            assert.strictEqual(answer.headers.get("www-authenticate"), "Bearer")
          }
        }
        deepStrictEqual(yield* stored, before)
        assert.strictEqual((yield* api(server.url, TOKEN).videos).total, 1)
      })
  )

  it.effect("an upload without it is refused before its body is sent", () =>
    Effect.gen(function* () {
      const { port } = yield* Guarded
      const connection = yield* dial(port)
      const headers = ["Content-Type: multipart/form-data; boundary=b", "Content-Length: 1000000000000"]
      yield* connection.write(raw("POST", "/videos/upload", headers))
      const answer = yield* connection.answer
      assert.isDefined(answer)
      assertProblem(answer, 401)
    }).pipe(Effect.scoped)
  )

  it.effect("requests with the token may do all of that", () =>
    Effect.gen(function* () {
      const { key, server } = yield* Guarded
      const client = api(server.url, TOKEN)
      const made = yield* client.transcode({ path: key, destination: "videos/other" })
      assert.strictEqual(made.status, 200, made.text)
      const { uuid } = JSON.parse(made.text).video
      const removed = yield* client.remove(uuid)
      deepStrictEqual([removed.status, removed.text], [204, ""])
      assertProblem(yield* client.remove(uuid), 404)
    })
  )

  it.effect("files are read by signed URLs only, and runners need only their own tokens", () =>
    Effect.gen(function* () {
      const { port, server, uuid } = yield* Guarded
      const url = new URL(String((yield* api(server.url, TOKEN).video(uuid)).thumbnailUrl))
      assert.strictEqual((yield* request(url.href)).status, 200)
      url.searchParams.set("token", `${url.searchParams.get("token")}x`)
      assertProblem(yield* request(url.href), 403)
      url.search = ""
      assertProblem(yield* request(url.href), 401)
      assertProblem(yield* request(url.href, { headers: { authorization: `Bearer ${TOKEN}` } }), 401)
      assert.strictEqual((yield* request(`${server.url}/healthz`)).text, '{"status":"ok"}')
      for (const recorded of recordedRunners) {
        const runner = ScriptedRunner.make(recorded, port)
        const { runnerToken } = yield* runner.register(yield* ExampleServer.registrationToken(server))
        const [offer] = yield* runner.request(runnerToken)
        const job = yield* runner.accept(String(offer?.uuid), runnerToken)
        ScriptedRunner.expect(yield* runner.abort(job, "Runner stopped"), 204)
        ScriptedRunner.expect(yield* runner.unregister(runnerToken), 204)
      }
    })
  )

  it.effect("the token is not in the log", () =>
    Effect.gen(function* () {
      const { server } = yield* Guarded
      const log = yield* server.log
      assert.notInclude(log, TOKEN)
      assert.notInclude(log, "Administration token")
    })
  )
})

limitsWrongTokens("1")
