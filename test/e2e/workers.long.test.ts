import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { api, assertPublished } from "./support/Api.ts"
import { Engine, fixture } from "./support/clips.ts"
import { connectedRunner } from "./support/connectedRunner.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { descendants, end, survivors } from "./support/processes.ts"
import { until } from "./support/waiting.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const WORKERS = 2

const aServer = (env: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function* () {
    const dataDir = join(yield* temporaryFolder, "data")
    const server = yield* ExampleServer.start({
      dataDir,
      port: yield* freePort,
      env: { WORKERS: String(WORKERS), ...env }
    })
    yield* until("all workers are ready", server.log, (log) => log.includes("worker processes serve requests"))
    return server
  })

/** The worker processes, the oldest first. */
const workersOf = ({ pid }: ExampleServer.ExampleServer) =>
  Effect.sync(() => descendants(pid, "node").toSorted((a, b) => a - b))

/** What the server prints for operators. */
const announcements = (log: string) => log.match(/drop a video|ptrrt-|Administration token/g)

/** A text over a connection of its own, because the others may belong to a worker that has died. */
const fresh = (url: string) =>
  Effect.promise(() =>
    fetch(url, { headers: { connection: "close" } }).then(
      (response) => response.text(),
      () => ""
    )
  )

const jobsIn = (text: string): string => text.slice(text.indexOf('"jobs"'))

describe("several worker processes", () => {
  it.scopedLive(
    "serve one port, share their runners, and end together with exit code 0",
    () =>
      Effect.gen(function* () {
        const server = yield* aServer()
        const workers = yield* workersOf(server)
        assert.lengthOf(workers, WORKERS)
        deepStrictEqual(announcements(yield* server.log), ["drop a video", "ptrrt-", "Administration token"])
        // A job pings five runners: these, and the local one.
        const runners = yield* Effect.replicateEffect(connectedRunner([server], server), 4)
        const { upload, settled } = api(server.url)
        const { uuid } = yield* upload(fixture("moov-last.mp4"))
        for (const { pings } of runners) yield* until("every runner is pinged", pings, (count) => count > 0)
        assertPublished(yield* settled(uuid), [180])
        const all = yield* server.children()
        deepStrictEqual(yield* server.stop(), { code: 0, signal: null })
        deepStrictEqual(survivors(all), [])
        assert.notMatch(yield* server.log, /ERROR/)
      }).pipe(Effect.provide(Engine)),
    300_000
  )

  it.scopedLive(
    "are replaced when they die, and another one continues upkeep",
    () =>
      Effect.gen(function* () {
        const env = { LOCAL_RUNNER: "off", RUNNER_VOD_SILENCE: "2 seconds", RUNNER_UPKEEP_INTERVAL: "1 second" }
        const server = yield* aServer(env)
        const { accept, token } = yield* connectedRunner([server], server)
        const { upload, video } = api(server.url)
        const { uuid } = yield* upload(fixture("moov-last.mp4"))
        const { jobs } = yield* video(uuid)
        assert.strictEqual(yield* accept(String(jobs[0]?.uuid)), 200, token)
        const [first = 0, ...others] = yield* workersOf(server)
        end(first)
        const job = Effect.map(
          fresh(`${server.url}/videos/${uuid}`),
          (text) => /"label":"(\w+)"/g.exec(jobsIn(text))?.[1]
        )
        yield* until("the silent runner loses its job", job, (state) => state === "Pending")
        yield* until("it is replaced", server.log, (log) => log.includes("Worker process 1 serves requests again"))
        const replaced = yield* workersOf(server)
        assert.lengthOf(replaced, WORKERS)
        assert.includeMembers([...replaced], [...others])
        assert.match(yield* server.log, /Worker process 1 ended \(signal SIGKILL\)\. It is started again in 1s\./)
        assert.strictEqual(yield* fresh(`${server.url}/readyz`), '{"status":"ok"}')
        deepStrictEqual(announcements(yield* server.log), ["drop a video", "ptrrt-", "Administration token"])
        deepStrictEqual(yield* server.stop(), { code: 0, signal: null })
      }),
    300_000
  )

  it.scopedLive(
    "end with the server when it is killed, or when they cannot listen",
    () =>
      Effect.gen(function* () {
        const server = yield* aServer({ LOCAL_RUNNER: "off" })
        const dataDir = join(yield* temporaryFolder, "data")
        const port = Number(new URL(server.url).port)
        const second = yield* ExampleServer.launch({ dataDir, port, env: { WORKERS: "2", LOCAL_RUNNER: "off" } })
        assert.strictEqual((yield* second.ended).code, 1)
        assert.lengthOf((yield* second.log).match(/another program listens there already/g) ?? [], 1)
        const workers = yield* workersOf(server)
        yield* server.kill
        yield* until(
          "the workers end",
          Effect.sync(() => survivors(workers)),
          (alive) => alive.length === 0
        )
      }),
    300_000
  )
})
