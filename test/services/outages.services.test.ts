import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { demandFor } from "@runner-connector/contracts"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { SqlStores } from "@runner-connector/persistence-sql"
import { Effect, Redacted } from "effect"
import { api } from "../e2e/support/Api.ts"
import { fixture } from "../e2e/support/clips.ts"
import { connectedRunner } from "../e2e/support/connectedRunner.ts"
import { serverPair } from "../e2e/support/serverPair.ts"
import { until } from "../e2e/support/waiting.ts"
import { temporaryFolder } from "../e2e/support/workspace.ts"
import { copyDatabase } from "../fixtures/cluster.ts"
import { redis } from "./redis.ts"
import { sentinel } from "./sentinel.ts"
import type { Broker } from "./support/brokers.ts"
import { twoProcesses } from "./support/twoProcesses.ts"

/** A PostgreSQL with all tables. It is restarted when it is killed. */
const postgres = Effect.gen(function* () {
  const directory = join(yield* temporaryFolder, "postgres")
  yield* copyDatabase(directory)
  const server = yield* EmbeddedPostgres.start({ directory, fsync: false })
  yield* Effect.provide(SqlStores.migrate, PgClient.layer({ url: server.url, maxConnections: 1 }))
  return { url: Redacted.value(server.url), kill: Effect.map(server.pid, (pid) => process.kill(pid, "SIGKILL")) }
})

/** A broker with its failure, and what brings it back. */
const outages = {
  "PostgreSQL is killed and restarted": Effect.gen(function* () {
    const { kill, url } = yield* postgres
    return { database: url, broker: { kind: "postgres", url } as Broker, fail: kill, recover: Effect.void }
  }),
  "Redis is killed and started again": Effect.gen(function* () {
    const { url: database } = yield* postgres
    const { port, program, url } = yield* redis()
    return { database, broker: { kind: "redis", url } as Broker, fail: program.kill, recover: redis({ port }) }
  }),
  "the Redis master is killed and Sentinel promotes its replica": Effect.gen(function* () {
    const { url: database } = yield* postgres
    const { master, name, ports } = yield* sentinel
    const broker: Broker = { kind: "sentinel", master: name, ports }
    return { database, broker, fail: master.program.kill, recover: Effect.void }
  })
}

const reportsIn = (log: string): ReadonlyArray<string> => log.match(/cannot be used|works again/g) ?? []

describe("pings between two processes resume", () => {
  for (const [what, start] of Object.entries(outages)) {
    it.scopedLive(
      `after ${what}`,
      () =>
        Effect.gen(function* () {
          const { broker, database, fail, recover } = yield* start
          const { known, notifier, otherLog, total } = yield* twoProcesses({ broker, database, runners: 1 })
          yield* known
          yield* fail
          const failed = Date.now()
          // Pings while nothing is connected must neither fail nor pile up.
          yield* Effect.replicateEffect(notifier.availableJobs(demandFor(1)), 100, { discard: true })
          yield* until("the other process notices", otherLog, (log) => log.includes("cannot be used"))
          yield* recover
          yield* until("the other process is connected again", otherLog, (log) => log.includes("works again"))
          const before = yield* total
          const ask = Effect.zipRight(notifier.availableJobs(demandFor(1)), total)
          yield* until("the runner is pinged", ask, (pings) => pings > before)
          console.log(`After ${what}: pings cross processes again after ${Date.now() - failed} ms`)
          const log = yield* otherLog
          assert.deepStrictEqual(reportsIn(log), ["cannot be used", "works again"])
          assert.isBelow(log.split("\n").length, 10, log)
        }),
      300_000
    )
  }
})

it.scopedLive(
  "upkeep pings the runners of each server while Redis is lost",
  () =>
    Effect.gen(function* () {
      const { program, url } = yield* redis()
      const env = { REDIS_URL: url, LOCAL_RUNNER: "off" }
      const { first, second } = yield* serverPair(env, env)
      const runner = yield* connectedRunner([first, second], second)
      yield* program.kill
      yield* until("the server notices", first.log, (log) => log.includes("Redis cannot be used"))
      const before = yield* runner.pings
      const { uuid } = yield* api(first.url).upload(fixture("moov-last.mp4"))
      yield* until("the runner is pinged", runner.pings, (pings) => pings > before)
      assert.strictEqual((yield* api(second.url).video(uuid)).jobs.length, 1)
      for (const server of [first, second]) {
        const log = yield* server.log
        assert.deepStrictEqual(reportsIn(log), ["cannot be used"])
        assert.notMatch(log, /ERROR|Unhandled|rejection/i)
      }
    }),
  300_000
)
