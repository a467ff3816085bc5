import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Fiber, Ref } from "effect"
import { api, assertPublished } from "./support/Api.ts"
import { Engine, fixture } from "./support/clips.ts"
import { connectedRunner } from "./support/connectedRunner.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { descendants } from "./support/processes.ts"
import { slowUpload } from "./support/slowUpload.ts"
import { until } from "./support/waiting.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const WORKERS = 2
const CLIENTS = 3

/** Uploads over a connection of its own, as a proxy opens one to a server that accepts it. */
const upload = (url: string) =>
  Effect.gen(function* () {
    const { answer, finish } = yield* slowUpload(url, fixture("moov-last.mp4"))
    yield* finish
    const { status, text } = yield* answer
    assert.strictEqual(status, 200, text)
    return String(JSON.parse(text).video.uuid)
  }).pipe(Effect.scoped)

const nodes = (server: ExampleServer.ExampleServer) => Effect.sync(() => descendants(server.pid, "node"))

it.scopedLive(
  "a rolling restart of all workers under load loses no request, no video and no runner",
  () =>
    Effect.gen(function* () {
      const dataDir = join(yield* temporaryFolder, "data")
      const server = yield* ExampleServer.start({ dataDir, port: yield* freePort, env: { WORKERS: String(WORKERS) } })
      yield* until("all workers are ready", server.log, (log) => log.includes("worker processes serve requests"))
      const runners = yield* Effect.replicateEffect(connectedRunner([server], server), 4)

      const isOver = yield* Ref.make(false)
      const load = Effect.gen(function* () {
        const uploaded: Array<string> = []
        while (!(yield* Ref.get(isOver))) uploaded.push(yield* upload(server.url))
        return uploaded
      })
      const clients = yield* Effect.fork(
        Effect.all(
          Array.from({ length: CLIENTS }, () => load),
          { concurrency: "unbounded" }
        )
      )

      for (const [round, worker] of (yield* nodes(server)).toSorted((a, b) => a - b).entries()) {
        process.kill(worker, "SIGTERM")
        const line = `Worker process ${round + 1} serves requests again`
        yield* until(line, server.log, (log) => log.includes(line))
      }
      yield* Ref.set(isOver, true)
      const uploaded = (yield* Fiber.join(clients)).flat()
      const { settled, videos } = api(server.url)
      for (const uuid of uploaded) assertPublished(yield* settled(uuid), [180])
      assert.strictEqual((yield* videos).total, uploaded.length)
      for (const { jobs } of (yield* videos).data)
        deepStrictEqual(
          jobs.map(({ failures }) => failures),
          [0]
        )
      for (const { connected, connections } of runners) {
        yield* until("the runner is connected", connected, (is) => is)
        assert.isAtMost(yield* connections, WORKERS + 1)
      }
      console.log(`${uploaded.length} uploads during a restart of ${WORKERS} workers`)
      assert.notMatch(yield* server.log, /ERROR/)
      deepStrictEqual(yield* server.stop(), { code: 0, signal: null })
    }).pipe(Effect.provide(Engine)),
  300_000
)
