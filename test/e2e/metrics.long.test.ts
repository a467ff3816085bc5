import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { describe } from "vitest"
import { api, assertProblem } from "./support/Api.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { until } from "./support/waiting.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const R = "/api/v1/runners"

/** Values by series, such as `name{label="x"}`. */
const seriesIn = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => {
        const end = line.lastIndexOf(" ")
        return [line.slice(0, end), Number(line.slice(end + 1))] as const
      })
  )

const json = (body: unknown) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body)
})

describe("GET /metrics", () => {
  it.scopedLive(
    "shows the administrator what every process of the server has counted",
    () =>
      Effect.gen(function* () {
        const dataDir = join(yield* temporaryFolder, "data")
        const env = { LOCAL_RUNNER: "off", WORKERS: "2", ADMIN_TOKEN: "the-operator's-own" }
        const server = yield* ExampleServer.start({ dataDir, port: yield* freePort, env })
        const anyone = api(server.url)
        const admin = api(server.url, env.ADMIN_TOKEN)
        assertProblem(yield* anyone.send("/metrics"), 401)

        const registrationToken = yield* ExampleServer.registrationToken(server)
        const names = ["one", "two", "three", "four"]
        // Connections go to the workers in turn, so both register some.
        for (const name of names) yield* anyone.send(`${R}/register`, json({ name, registrationToken }))
        const counts = yield* until(
          "all registrations are counted",
          Effect.map(admin.send("/metrics"), ({ status, text }) => {
            assert.strictEqual(status, 200, text)
            return seriesIn(text)
          }),
          (series) => series.get('runner_connector_events_total{type="runner.registered"}') === names.length
        )
        assert.strictEqual(
          counts.get(`runner_connector_http_requests_total{route="${R}/register",method="POST",status="2xx"}`),
          names.length
        )
        assert.strictEqual(
          counts.get('peertube_runner_job_queue_total{jobType="vod-hls-transcoding",state="pending"}'),
          0
        )
        assert.isAbove(counts.get('runner_connector_http_bytes_total{direction="received"}') ?? 0, 0)
        const table = readFileSync(new URL("../../docs/operations/index.md", import.meta.url), "utf8")
        const documented = [...table.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, names]) =>
          [...String(names).matchAll(/`(\w+)`/g)].map(([, name]) => String(name))
        )
        const shown = new Set(
          [...counts.keys()].map((series) => series.replace(/(?:_bucket|_sum|_count)?(?:\{.*)?$/, ""))
        )
        deepStrictEqual([...shown].sort(), documented.sort(), "the table of metrics in docs/operations")
        assert.isAbove(counts.get("process_resident_memory_bytes") ?? 0, 0)
        const labels = [...counts.keys()].join("\n")
        assert.notMatch(labels, /[0-9a-f]{8}-[0-9a-f]{4}-|ptr[a-z]*t-/, "ids in labels")
      }),
    300_000
  )

  it.scopedLive(
    "is open to this machine if the operator says so, but not through a proxy",
    () =>
      Effect.gen(function* () {
        const dataDir = join(yield* temporaryFolder, "data")
        const env = { LOCAL_RUNNER: "off", METRICS_ACCESS: "loopback" }
        const server = yield* ExampleServer.start({ dataDir, port: yield* freePort, env })
        const { send } = api(server.url)
        const statuses = [
          yield* send("/metrics"),
          yield* send("/metrics", { headers: { "x-forwarded-for": "192.0.2.1" } })
        ]
        deepStrictEqual(
          statuses.map(({ status }) => status),
          [200, 401]
        )
      }),
    300_000
  )
})
