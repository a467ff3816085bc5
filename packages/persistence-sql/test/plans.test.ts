import { PgClient } from "@effect/sql-pg"
import { assert, layer, type Vitest } from "@effect/vitest"
import { aJob, aJobId, aRegisteredRunner, aTokenHash, aVideoId, someMoment } from "@runner-connector/contracts"
import { Ids, JobQueue, JobStore, type RunnerStore } from "@runner-connector/core"
import { Array as Arr, DateTime, Effect, Layer, Option } from "effect"
import { SqlStores } from "../src/index.ts"
import { selectPage } from "../src/jobLists.ts"
import { selectFamily, selectOfVideo, selectSilent, updateBeat } from "../src/jobQueries.ts"
import { selectAvailable } from "../src/queueQueries.ts"
import { selectWorkloads } from "../src/runnerQueries.ts"
import { selectByKey, selectPendingDeletion, selectUnfinalized } from "../src/videoQueries.ts"
import { assertCheap, fill } from "./busyTables.ts"
import { plansOf, readsOfJobs, unprepared } from "./explain.ts"
import { usePostgres } from "./postgresServer.ts"

const { database } = usePostgres()

const neverAnalyzed = `ALTER TABLE runner_connector.runner_job SET (autovacuum_enabled = off);
  ALTER TABLE runner_connector.video SET (autovacuum_enabled = off);`

/** After this, the statistics describe a table of finished jobs, and PostgreSQL takes the index of pending jobs for empty. */
const analyzedEarlier = `${neverAnalyzed}
  INSERT INTO runner_connector.runner_job (id, type, state, payload, private_payload, priority, failures, stalls,
    created_at, updated_at, revision)
  SELECT gen_random_uuid(), 'earlier', 'Completed', '{}', '{}', 0, 0, 0, now(), now(), 0 FROM generate_series(1, 2000);
  ANALYZE`

/** PostgreSQL has no statistics after a restore, and outdated ones while a queue fills faster than it is analyzed. */
const situations = [
  { statistics: "current", before: "", after: "ANALYZE" },
  { statistics: "missing", before: neverAnalyzed, after: "" },
  { statistics: "outdated", before: analyzedEarlier, after: "" }
]

const filled = ({ after, before }: { readonly before: string; readonly after: string }) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* sql.unsafe(before)
      yield* fill
      yield* sql.unsafe(after)
    })
  ).pipe(Layer.provideMerge(SqlStores.layerStores), Layer.provideMerge(database))

const types = ["vod-hls-transcoding", "nobody's", "other2"]

const query = {
  runnerId: Ids.RunnerId.make(1),
  requirements: [],
  labels: [],
  limit: 10,
  at: someMoment,
  until: someMoment
}

/** The first candidate is read again to be locked and changed, and each of the list. */
const again = 1 + 1 + 10

const assertClaimReads = (claim: JobQueue.ClaimQuery, rows: number) =>
  Effect.gen(function* () {
    const queue = yield* JobQueue.JobQueue
    const reads = yield* readsOfJobs(queue.claim(claim))
    assert.strictEqual(reads.scans, 0)
    assert.isAtMost(reads.rows, rows)
    assert.isAbove(reads.rows, 0)
  })

type Given = PgClient.PgClient | JobQueue.JobQueue | JobStore.JobStore | RunnerStore.RunnerStore

const cases = (it: Vitest.MethodsNonLive<Given, true>) => {
  it.effect("a claim costs as much as its list, not as the queue", () =>
    Effect.gen(function* () {
      const mine = { ...query, types: ["vod-hls-transcoding"] }
      // Four tenants have ten candidates each, as long as none of them was served.
      yield* assertClaimReads(mine, 4 * 10 + again)
      const turns = ["tenant 1", "tenant 2", "tenant 3"].map(Option.some)
      const inTurn = { ...mine, turns: [...turns, Option.none()] }
      yield* assertClaimReads(inTurn, 10 + again)
      const full = { tenants: turns.slice(0, 2), labels: ["site-berlin"] }
      yield* assertClaimReads({ ...inTurn, full }, 10 + again)
      yield* assertClaimReads({ ...query, types }, 4 * 10 + 10 + again)
    })
  )

  it.effect("counting the available jobs costs as much as there are, up to a thousand of a kind", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      // Those that need a label are another kind.
      assertCheap(yield* plansOf(selectAvailable(sql, { types, at: someMoment }), unprepared), 300 + 1000 + 1000)
    })
  )

  it.effect("jobs that rest until later cost nothing", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const type = "resting"
      const notBefore = Option.some(DateTime.add(someMoment, { days: 1 }))
      const resting = Arr.makeBy(500, () => aJob({ type, priority: -1, notBefore }))
      yield* (yield* JobStore.JobStore).insert([aJob({ type, priority: -1 }), ...resting, aJob({ type, priority: -1 })])
      yield* assertClaimReads({ ...query, types: [type] }, 2 + 1 + 1 + 2)
      assertCheap(yield* plansOf(selectAvailable(sql, { types: [type], at: someMoment }), unprepared), 2)
    })
  )

  it.effect("a page of one state costs what it shows, in each order that has an index", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const states = ["Pending"] as const
      const orders = [
        { by: "createdAt", descending: true },
        { by: "state", descending: true },
        { by: "priority", descending: true },
        { by: "priority", descending: false }
      ] as const
      for (const sort of orders) {
        for (const start of [0, 30]) {
          const page = selectPage(sql, { start, count: 15, states, sort })
          assertCheap(yield* plansOf(page, unprepared), start + 15 + 15)
        }
      }
    })
  )

  it.effect("the workload of runners costs what they process", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const runner = yield* aRegisteredRunner()
      yield* (yield* JobStore.JobStore).insert([aJob({ state: "Completed", runnerId: Option.some(runner.id) })])
      // There are few runners, so their table is read from one end to the other.
      const plans = yield* plansOf(selectWorkloads(sql, [runner.id]))
      assertCheap(
        plans.map((nodes) => nodes.filter((node) => node["Relation Name"] === "runner_job")),
        10
      )
    })
  )

  it.effect("silent jobs cost as much as the leases", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const since = yield* DateTime.now
      yield* (yield* JobStore.JobStore).insert([aJob({ state: "Processing" }), aJob({ state: "Completing" })])
      assertCheap(yield* plansOf(selectSilent(sql, { state: "Processing", since })), 2)
      assertCheap(yield* plansOf(selectSilent(sql, { state: "Completing", since })), 2)
    })
  )

  it.effect("families and the jobs of a video cost as much as the result", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const videoId = Option.some(aVideoId())
      const parent = aJob({ videoId })
      const jobs = [parent, aJob({ videoId, parentId: Option.some(parent.id) })] as const
      yield* (yield* JobStore.JobStore).insert(jobs)
      const plans = yield* plansOf(selectFamily(sql, parent.id))
      assertCheap(plans, 4)
      // Beyond these costs PostgreSQL compiles a statement for each run.
      for (const [whole] of plans) assert.isBelow(whole?.["Total Cost"] ?? Number.NaN, 100_000)
      assertCheap(yield* plansOf(selectOfVideo(sql, [Option.getOrThrow(videoId)])), 2)
      assertCheap(yield* plansOf(selectFamily(sql, aJobId())), 0)
    })
  )

  it.effect("unfinalized videos and pending deletions cost as much as the result", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      assertCheap(yield* plansOf(selectUnfinalized(sql, someMoment)), 0)
      assertCheap(yield* plansOf(selectByKey(sql, { externalId: "order 7" })), 0)
      assertCheap(yield* plansOf(selectPendingDeletion(sql, someMoment)), 0)
    })
  )

  it.effect("a heartbeat finds its job at once and leaves every index alone", () =>
    Effect.gen(function* () {
      const [sql, store] = [yield* PgClient.PgClient, yield* JobStore.JobStore]
      const runner = yield* aRegisteredRunner()
      const jobTokenHash = aTokenHash()
      const held = { runnerId: Option.some(runner.id), jobTokenHash: Option.some(jobTokenHash) }
      const job = aJob({ state: "Processing", ...held })
      yield* store.insert([job, ...Arr.makeBy(200, () => aJob({ state: "Processing" }))])
      const heartbeat = {
        id: job.id,
        runnerTokenHash: runner.tokenHash,
        jobTokenHash,
        at: someMoment,
        progress: Option.some(3)
      }
      // The job and its runner.
      assertCheap(yield* plansOf(updateBeat(sql, heartbeat)), 2)
      const [counts] = yield* sql.withTransaction(
        Effect.zipRight(
          store.heartbeat({ ...heartbeat, progress: Option.some(4) }),
          sql<{ updates: number; beside: number }>`SELECT n_tup_upd::int AS updates, n_tup_hot_upd::int AS beside
            FROM pg_stat_xact_user_tables WHERE relname = 'runner_job'`
        )
      )
      assert.isAbove(counts?.updates ?? 0, 0)
      assert.strictEqual(counts?.beside, counts?.updates)
    })
  )
}

for (const { statistics, ...statements } of situations) {
  layer(filled(statements), { excludeTestServices: true, timeout: "5 minutes" })(
    `with many thousands of rows and ${statistics} statistics`,
    cases
  )
}
