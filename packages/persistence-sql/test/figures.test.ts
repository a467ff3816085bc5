import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob } from "@runner-connector/contracts"
import { JobStore } from "@runner-connector/core"
import { Array as Arr, Effect, Layer } from "effect"
import { selectInHand, selectLag, selectWaiting } from "../src/figureQueries.ts"
import { Figures, SqlStores } from "../src/index.ts"
import { explain } from "./explain.ts"
import { usePostgres } from "./postgresServer.ts"

const { database } = usePostgres()

/** Many jobs that are over, and few that count. */
const fill = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  yield* sql.unsafe(`
    INSERT INTO runner_connector.runner_job (id, type, state, payload, private_payload, priority, failures, stalls,
      created_at, updated_at, revision)
    SELECT gen_random_uuid(), 'vod-hls-transcoding', 'Completed', '{}', '{}', n % 10, 0, 0, now(), now(), 3
    FROM generate_series(1, 20000) AS n`)
  const jobs = yield* JobStore.JobStore
  yield* jobs.insert([aJob({ state: "Processing" }), ...Arr.makeBy(40, () => aJob())])
  yield* sql.unsafe("ANALYZE")
})

const filled = Layer.effectDiscard(fill).pipe(Layer.provideMerge(SqlStores.layerStores), Layer.provideMerge(database))

layer(filled, { excludeTestServices: true, timeout: "5 minutes" })("the figures for metrics", (it) => {
  it.effect("count jobs by type and state", () =>
    Effect.gen(function* () {
      const { active, oldest, runners } = yield* Figures.read
      const { type } = aJob()
      const counts = active.map(({ jobs, state, type }) => ({ type, state, jobs }))
      deepStrictEqual(
        counts.sort((a, b) => a.jobs - b.jobs),
        [
          { type, state: "Processing", jobs: 1 },
          { type, state: "Pending", jobs: 40 }
        ]
      )
      deepStrictEqual(runners, { registered: 0, online: 0, busy: 0 })
      assert.strictEqual(oldest[0]?.type, type)
      assert.isAbove(oldest[0]?.seconds ?? 0, 0)
      deepStrictEqual(yield* Figures.readInactive, [{ type: "vod-hls-transcoding", state: "Completed", jobs: 20_000 }])
    })
  )

  it.effect("read no job that is over", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const plans = yield* Effect.all([
        explain(selectWaiting(sql)),
        explain(selectInHand(sql)),
        explain(selectLag(sql))
      ])
      const reads = plans.flat().filter((node) => node["Relation Name"] === "runner_job")
      assert.isNotEmpty(reads)
      for (const node of reads) {
        assert.notStrictEqual(node["Node Type"], "Seq Scan")
        assert.isAtMost(node["Actual Rows"] * node["Actual Loops"], 41)
        assert.strictEqual(node["Rows Removed by Filter"] ?? 0, 0)
      }
    })
  )
})
