import { rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Duration, Effect, Fiber } from "effect"
import { api, request } from "./support/Api.ts"
import { fixture } from "./support/clips.ts"
import { connectedRunner } from "./support/connectedRunner.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { slowUpload } from "./support/slowUpload.ts"
import { until } from "./support/waiting.ts"
import { filesBelow, freePort, temporaryFolder } from "./support/workspace.ts"

const aServer = (env: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const dataDir = join(yield* temporaryFolder, "data")
    return yield* ExampleServer.start({ dataDir, port: yield* freePort, env: { LOCAL_RUNNER: "off", ...env } })
  })

/** The status of a new connection's request; 0 when the connection is refused. */
const statusOf = (url: string) =>
  Effect.promise(() =>
    fetch(url, { headers: { connection: "close" } }).then(
      ({ status }) => status,
      () => 0
    )
  )

describe("a server that is stopped by SIGTERM", () => {
  it.scopedLive(
    "reports that it is not ready, moves its runners, finishes uploads and exits with 0",
    () =>
      Effect.gen(function* () {
        const server = yield* aServer({ SHUTDOWN_DELAY: "8 seconds", SHUTDOWN_TIMEOUT: "2 minutes" })
        const runner = yield* connectedRunner([server], server)
        deepStrictEqual([yield* statusOf(`${server.url}/healthz`), yield* statusOf(`${server.url}/readyz`)], [200, 200])
        deepStrictEqual(yield* filesBelow(join(server.dataDir, "storage")), [])
        const upload = yield* slowUpload(server.url, fixture("moov-last.mp4"))
        const end = yield* Effect.fork(server.stop())

        yield* until("it is not ready", statusOf(`${server.url}/readyz`), (status) => status === 503)
        assert.strictEqual(yield* statusOf(`${server.url}/healthz`), 200)
        assert.isTrue(yield* runner.connected)

        yield* until("it refuses connections", statusOf(`${server.url}/healthz`), (status) => status === 0)
        const [reason] = yield* until("the runner leaves", runner.disconnects, (seen) => seen.length > 0)
        // After "io server disconnect" a runner would not connect to another process.
        assert.include(["transport close", "transport error"], reason)

        yield* upload.finish
        const answer = yield* upload.answer
        assert.strictEqual(answer.status, 200, answer.text)
        deepStrictEqual(yield* Fiber.join(end), { code: 0, signal: null })
        assert.notMatch(yield* server.log, /WARN|ERROR/)
      }),
    300_000
  )

  it.scopedLive(
    "ends an upload that takes longer than the limit, and keeps nothing of it",
    () =>
      Effect.gen(function* () {
        const server = yield* aServer({ SHUTDOWN_TIMEOUT: "1 second" })
        const upload = yield* slowUpload(server.url, fixture("moov-last.mp4"))
        yield* until("it arrives", filesBelow(join(server.dataDir, "spool")), (files) => files.length > 0)
        const [took, end] = yield* Effect.timed(server.stop())
        deepStrictEqual(end, { code: 0, signal: null })
        assert.isAtLeast(Duration.toSeconds(took), 0.9)
        assert.isBelow(Duration.toSeconds(took), 18)
        assert.match(String(yield* Effect.flip(upload.answer)), /hang up|ECONNRESET|socket/)
        deepStrictEqual(yield* filesBelow(join(server.dataDir, "spool")), [])
      }),
    300_000
  )
})

describe("a server that is not ready", () => {
  it.scopedLive(
    "answers 503 to /readyz while the storage cannot be written, and 200 to /healthz",
    () =>
      Effect.gen(function* () {
        const server = yield* aServer({})
        const storage = join(server.dataDir, "storage")
        yield* Effect.promise(async () => {
          await rename(storage, `${storage}-away`)
          await writeFile(storage, "")
        })
        yield* until("it is not ready", statusOf(`${server.url}/readyz`), (status) => status === 503)
        assert.strictEqual((yield* request(`${server.url}/healthz`)).text, '{"status":"ok"}')
        yield* Effect.promise(async () => {
          await rename(storage, `${storage}-file`)
          await rename(`${storage}-away`, storage)
        })
        yield* until("it is ready", statusOf(`${server.url}/readyz`), (status) => status === 200)
        assert.strictEqual((yield* api(server.url).videos).total, 0)
      }),
    300_000
  )
})
