import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { api } from "./support/Api.ts"
import { fixture } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { survivors } from "./support/processes.ts"
import { until } from "./support/waiting.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const place = Effect.gen(function* () {
  return { dataDir: join(yield* temporaryFolder, "data"), port: yield* freePort }
})

const killDatabase = ({ dataDir }: ExampleServer.ExampleServer) =>
  Effect.sync(() => {
    const [pid] = ExampleServer.postgresOf(dataDir)
    process.kill(Number(pid), "SIGKILL")
    return pid
  })

const restarts = (server: ExampleServer.ExampleServer) =>
  Effect.map(server.log, (log) => log.match(/PostgreSQL \(process \d+\) works again/g)?.length ?? 0)

const crashAndWait = (server: ExampleServer.ExampleServer, count: number) =>
  Effect.zipRight(
    killDatabase(server),
    until("the database works again", restarts(server), (found) => found === count)
  )

describe("the embedded database", () => {
  it.scopedLive(
    "is restarted when it crashes; after the third restart the next crash ends the server with a clear message",
    () =>
      Effect.gen(function* () {
        const server = yield* ExampleServer.start({ ...(yield* place), env: { LOCAL_RUNNER: "off" } })
        const client = api(server.url)
        const { uuid } = yield* client.upload(fixture("moov-last.mp4"))
        yield* crashAndWait(server, 1)
        assert.strictEqual((yield* client.video(uuid)).uuid, uuid, "with its data")
        yield* crashAndWait(server, 2)
        yield* crashAndWait(server, 3)
        yield* killDatabase(server)
        const { code, signal } = yield* Effect.timeout(server.ended, "2 minutes")
        deepStrictEqual({ code, signal }, { code: 1, signal: null })
        assert.match(
          yield* server.log,
          /^No PostgreSQL in .*restarted 3 times within ten minutes.*Look for a full disk/m
        )
        deepStrictEqual(survivors(ExampleServer.postgresOf(server.dataDir)), [])
      }),
    300_000
  )

  it.scopedLive(
    "stops with the server when the process group of `npm start` is sent SIGTERM, once or twice",
    () =>
      Effect.gen(function* () {
        const options = { ...(yield* place), npm: true }
        for (const signals of [1, 2, 1]) {
          const server = yield* ExampleServer.start(options)
          const all = [...(yield* server.children()), ...ExampleServer.postgresOf(options.dataDir)]
          for (let sent = 0; sent < signals; sent += 1) process.kill(-server.pid, "SIGTERM")
          yield* until(
            "all processes have ended",
            Effect.sync(() => survivors(all)),
            (pids) => pids.length === 0
          )
          assert.notMatch(yield* server.log, /Stopping the PostgreSQL/)
        }
      }),
    300_000
  )
})
