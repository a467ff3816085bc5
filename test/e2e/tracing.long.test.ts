import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { describe } from "vitest"
import { api } from "./support/Api.ts"
import { fixture } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { recordedRunners } from "./support/recordedRunners.ts"
import * as ScriptedRunner from "./support/ScriptedRunner.ts"
import { until } from "./support/waiting.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly status: { readonly code: number; readonly message?: string }
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
}

const TOKEN = "the-administrator's-own"

/** A collector of OpenTelemetry over HTTP, which receives webhooks, too. */
const aCollector = Effect.acquireRelease(
  Effect.async<{
    readonly url: string
    readonly spans: Array<Span>
    readonly metrics: Set<string>
    /** The types of the events that the webhook at `/hook` received. */
    readonly delivered: ReadonlyArray<string>
    readonly close: () => void
  }>((resume) => {
    const spans: Array<Span> = []
    const metrics = new Set<string>()
    const delivered: Array<string> = []
    const server = createServer((request, response) => {
      let text = ""
      request.setEncoding("utf8").on("data", (chunk) => {
        text += chunk
      })
      request.on("end", () => {
        const body = JSON.parse(text)
        if (request.url === "/hook") {
          delivered.push(body.type)
          return response.writeHead(204).end()
        }
        for (const { scopeSpans } of body.resourceSpans ?? []) for (const one of scopeSpans) spans.push(...one.spans)
        for (const { scopeMetrics } of body.resourceMetrics ?? []) {
          for (const one of scopeMetrics) for (const { name } of one.metrics) metrics.add(name)
        }
        return response.writeHead(200, { "content-type": "application/json" }).end("{}")
      })
    })
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      resume(
        Effect.succeed({ url: `http://127.0.0.1:${port}`, spans, metrics, delivered, close: () => void server.close() })
      )
    })
  }),
  ({ close }) => Effect.sync(close)
)

describe("OpenTelemetry", () => {
  it.scopedLive(
    "gets one trace of a video, from its upload to its end, and the metrics",
    () =>
      Effect.gen(function* () {
        const collector = yield* aCollector
        const dataDir = join(yield* temporaryFolder, "data")
        const port = yield* freePort
        const env = {
          LOCAL_RUNNER: "off",
          TRANSCODING_RUNNER_MAX_FAILURE: "1",
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
          WEBHOOKS_ALLOW_PRIVATE_ADDRESSES: "on",
          ADMIN_TOKEN: TOKEN
        }
        const server = yield* ExampleServer.start({ dataDir, port, env })
        const token = yield* ExampleServer.registrationToken(server)
        const body = JSON.stringify({ url: `${collector.url}/hook`, types: ["video.created"] })
        const headers = { "content-type": "application/json" }
        const client = api(server.url, TOKEN)
        const hook = yield* client.send("/api/v1/runners/webhooks", { method: "POST", headers, body })
        assert.strictEqual(hook.status, 200, hook.text)
        const { uuid } = yield* client.upload(fixture("moov-last.mp4"))
        const [recorded] = recordedRunners
        assert.isDefined(recorded)
        const runner = ScriptedRunner.make(recorded, port)
        const { runnerToken } = yield* runner.register(token)
        const [offer] = yield* runner.request(runnerToken)
        const job = yield* runner.accept(String(offer?.uuid), runnerToken)
        ScriptedRunner.expect(yield* runner.fail(job, "no space left"), 204)
        const received = Effect.sync(() => collector.delivered)
        yield* until("the webhook was delivered", received, (types) => types.includes("video.created"))
        yield* server.stop()

        const traceId = uuid.replaceAll("-", "")
        const names = ["video", "upload", "attempt vod-hls-transcoding", "webhook video.created"]
        const spans = yield* until(
          "the trace has arrived",
          Effect.sync(() => collector.spans.filter((span) => span.traceId === traceId)),
          (found) => names.every((name) => found.some((span) => span.name === name))
        )
        const [root, upload, attempt, delivery] = names.map((name) => spans.find((span) => span.name === name))
        for (const child of [upload, attempt, delivery]) assert.strictEqual(child?.parentSpanId, root?.spanId)
        assert.isUndefined(root?.parentSpanId)
        deepStrictEqual([attempt?.status.code, attempt?.status.message], [2, "no space left"])
        assert.isAtMost(Number(upload?.startTimeUnixNano), Number(upload?.endTimeUnixNano))
        assert.include([...collector.metrics], "runner_connector_attempts_total")
        assert.include([...collector.metrics], "peertube_runner_job_queue_total")
      }),
    300_000
  )
})
