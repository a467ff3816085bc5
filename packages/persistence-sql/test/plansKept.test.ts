import type { Statement } from "@effect/sql/Statement"
import { PgClient } from "@effect/sql-pg"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aJobId, aTokenHash, someMoment } from "@runner-connector/contracts"
import { Ids, JobQueue, JobStore } from "@runner-connector/core"
import { Array as Arr, Effect, Layer, Option } from "effect"
import { SqlStores } from "../src/index.ts"
import { selectFamily, updateBeat } from "../src/jobQueries.ts"
import { assertCheap, fill } from "./busyTables.ts"
import { planKept, readsOfJobs } from "./explain.ts"
import { usePostgres } from "./postgresServer.ts"

const postgres = usePostgres()

const query = {
  runnerId: Ids.RunnerId.make(1),
  types: ["vod-hls-transcoding"],
  requirements: [],
  labels: [],
  limit: 10,
  at: someMoment,
  until: someMoment
}

/** One connection, which keeps its plans, and tables that are not analyzed while it has them. */
const onEmptyTables = <A, E>(use: Effect.Effect<A, E, PgClient.PgClient | JobQueue.JobQueue | JobStore.JobStore>) =>
  Effect.gen(function* () {
    const client = PgClient.layer({ url: yield* postgres.migratedAddress, maxConnections: 1 })
    const prepared = Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* sql.unsafe("ALTER TABLE runner_connector.runner_job SET (autovacuum_enabled = off)")
      return yield* use
    })
    return yield* Effect.provide(prepared, Layer.provideMerge(SqlStores.layerStores, client))
  }).pipe(Effect.scoped)

const tokens = { runnerTokenHash: aTokenHash(), jobTokenHash: aTokenHash() }

const lookUps: Readonly<Record<string, (sql: PgClient.PgClient) => Statement<object>>> = {
  "family of a job": (sql) => selectFamily(sql, aJobId()),
  heartbeat: (sql) => updateBeat(sql, { id: aJobId(), ...tokens, at: someMoment, progress: Option.none() })
}

/** What a fresh installation has in its table when it is analyzed for the first time. */
const two = Effect.flatMap(JobStore.JobStore, (jobs) => jobs.insert([aJob(), aJob()]))
const analyze = Effect.flatMap(PgClient.PgClient, (sql) => sql.unsafe("VACUUM ANALYZE runner_connector.runner_job"))

const beginnings = {
  "empty tables": Effect.void,
  "a table of two jobs that was analyzed": Effect.zipRight(two, analyze)
}

for (const [beginning, begin] of Object.entries(beginnings)) {
  for (const [name, statement] of Object.entries(lookUps)) {
    it.live(`a plan for the ${name} in ${beginning} stays cheap when the tables have filled`, () =>
      onEmptyTables(
        Effect.gen(function* () {
          const sql = yield* PgClient.PgClient
          yield* begin
          assertCheap([yield* planKept(statement(sql), fill)], 0)
        })
      )
    )
  }

  it.live(`plans for writes of a job in ${beginning} stay cheap when the tables have filled`, () =>
    onEmptyTables(
      Effect.gen(function* () {
        const jobs = yield* JobStore.JobStore
        const job = aJob()
        yield* begin
        yield* jobs.insert([job])
        const write = (revision: number) => jobs.commit([{ ...job, revision }])
        // After five runs PostgreSQL keeps a plan.
        yield* Effect.forEach(Arr.range(0, 7), write)
        yield* fill
        assert.strictEqual((yield* readsOfJobs(write(8))).scans, 0)
      })
    )
  )
}

const empty = { "never analyzed": "", analyzed: "VACUUM ANALYZE runner_connector.runner_job" }

for (const [history, before] of Object.entries(empty)) {
  it.live(`plans for claims in empty tables that were ${history} stay cheap when the tables have filled`, () =>
    onEmptyTables(
      Effect.gen(function* () {
        const [sql, queue] = [yield* PgClient.PgClient, yield* JobQueue.JobQueue]
        yield* sql.unsafe(before)
        deepStrictEqual(yield* queue.claim(query), [])
        yield* fill
        const { rows, scans } = yield* readsOfJobs(queue.claim(query))
        assert.strictEqual(scans, 0)
        // Four tenants have ten candidates each. The first is locked and changed, and all of the list are read.
        assert.isAtMost(rows, 4 * 10 + 1 + 1 + 10)
        assert.isAbove(rows, 10)
      })
    )
  )
}
