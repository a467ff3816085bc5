import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Schema } from "effect"
import { api, assertProblem } from "./support/Api.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const R = "/api/v1/runners"
const TOKEN = "the-operator's-own"
const streamKey = "a-stream-key-that-nobody-sees"

type Client = ReturnType<typeof api>

const post = (client: Client, path: string, body: object) =>
  client.send(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body)
  })

const title = "Урлаг — مرحبا 🎬"
const source = { width: 320, height: 180, fps: 25, hasVideo: true, hasAudio: false }
const live = { rtmpUrl: `rtmp://127.0.0.1:1/live/${streamKey}`, source, resolutions: [144] }

const Live = Schema.parseJson(
  Schema.Struct({
    name: Schema.String,
    state: Schema.Struct({ label: Schema.String }),
    playlistUrl: Schema.NullOr(Schema.String),
    live: Schema.NullOr(
      Schema.Struct({ state: Schema.String, error: Schema.NullOr(Schema.String), replay: Schema.Boolean })
    )
  })
)

/** Registers a runner and takes the only job. */
const aRunner = (admin: Client) =>
  Effect.gen(function* () {
    const made = yield* admin.send(`${R}/registration-tokens/generate`, { method: "POST" })
    const { registrationToken } = JSON.parse(made.text)
    const { runnerToken } = JSON.parse((yield* post(admin, `${R}/register`, { name: "one", registrationToken })).text)
    const asked = yield* post(admin, `${R}/jobs/request`, { runnerToken })
    const [{ uuid }] = JSON.parse(asked.text).availableJobs
    const taken = yield* post(admin, `${R}/jobs/${uuid}/accept`, { runnerToken })
    const { jobToken } = JSON.parse(taken.text).job
    const form = (fields: Readonly<Record<string, string | Blob>>) => {
      const body = new FormData()
      for (const [name, value] of Object.entries({ jobToken, runnerToken, ...fields })) {
        if (typeof value === "string") body.append(name, value)
        else body.append(name, value, "master.m3u8")
      }
      return { method: "POST", body }
    }
    return {
      update: (fields: Readonly<Record<string, string | Blob>>) => admin.send(`${R}/jobs/${uuid}/update`, form(fields)),
      success: admin.send(`${R}/jobs/${uuid}/success`, form({}))
    }
  })

const chunk = (number: number) => ({
  "payload[type]": "add-chunk",
  "payload[videoChunkFilename]": `0-00000${number}.ts`,
  "payload[resolutionPlaylistFilename]": "0.m3u8",
  "payload[masterPlaylistFile]": new Blob(["#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n0.m3u8\n"]),
  "payload[resolutionPlaylistFile]": new Blob([`#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n0-00000${number}.ts\n`]),
  "payload[videoChunkFile]": new Blob([`segment ${number}`])
})

it.scopedLive(
  "a live is started, played and stopped over HTTP",
  () =>
    Effect.gen(function* () {
      const dataDir = join(yield* temporaryFolder, "data")
      const env = { LOCAL_RUNNER: "off", ADMIN_TOKEN: TOKEN, LIVES_ALLOW_PRIVATE_ADDRESSES: "on" }
      const server = yield* ExampleServer.start({ dataDir, port: yield* freePort, env })
      const admin = api(server.url, TOKEN)
      assertProblem(yield* post(api(server.url), "/lives", live), 401)
      for (const wrong of [{ ...live, rtmpUrl: `http://a/${streamKey}` }, { ...live, resolutions: [1] }, { source }]) {
        assertProblem(yield* post(admin, "/lives", wrong), 400)
      }
      const { uuid } = JSON.parse((yield* post(admin, "/lives", { ...live, title })).text).video
      const shown = Effect.map(admin.send(`/videos/${uuid}`), ({ text }) => Schema.decodeUnknownSync(Live)(text))
      deepStrictEqual(yield* shown, {
        name: title,
        state: { label: "Waiting for livestream" },
        playlistUrl: null,
        live: { state: "waiting", error: null, replay: false }
      })

      const runner = yield* aRunner(admin)
      assert.strictEqual((yield* runner.update(chunk(0))).status, 204)
      const { live: session, playlistUrl } = yield* shown
      assert.strictEqual(session?.state, "running")
      const master = yield* api("").send(String(playlistUrl))
      assert.include(master.text, "0.m3u8")
      assert.strictEqual(master.headers.get("cache-control"), "private, no-cache")
      const { search } = new URL(String(playlistUrl))
      const beside = (name: string) => api("").send(new URL(`${name}${search}`, String(playlistUrl)).href)
      assertProblem(yield* api("").send(new URL("0.m3u8", String(playlistUrl)).href), 401)
      const first = yield* beside("0-000000.ts")
      deepStrictEqual(
        [first.text, first.headers.get("cache-control"), first.headers.get("content-type")],
        ["segment 0", "private, max-age=3600, immutable", "video/mp2t"]
      )
      const before = (yield* beside("0.m3u8")).headers.get("etag")
      yield* runner.update(chunk(1))
      assert.notStrictEqual((yield* beside("0.m3u8")).headers.get("etag"), before)

      assertProblem(yield* api(server.url).send(`/lives/${uuid}/stop`, { method: "POST" }), 401)
      for (const _ of [1, 2]) {
        assert.strictEqual((yield* admin.send(`/lives/${uuid}/stop`, { method: "POST" })).status, 204)
      }
      const refused = yield* runner.update(chunk(2))
      assertProblem(refused, 400)
      assert.include(refused.text, "runner_job_not_in_processing_state")
      assert.strictEqual((yield* runner.success).status, 204)
      deepStrictEqual(yield* shown, {
        name: title,
        state: { label: "Livestream ended" },
        playlistUrl: null,
        live: { state: "ended", error: null, replay: false }
      })
      assert.strictEqual((yield* admin.send(`/videos/${uuid}`, { method: "DELETE" })).status, 204)
      assert.strictEqual((yield* beside("0-000000.ts")).status, 404)
      assert.notInclude(yield* server.log, streamKey)
    }),
  300_000
)
