import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aRegisteredRunner, someMoment } from "@runner-connector/contracts"
import { JobQueue, JobStore, type RunnerJob } from "@runner-connector/core"
import { Array as Arr, DateTime, Deferred, Effect, Fiber, Layer, Option } from "effect"
import { claimJobs } from "../src/claimQuery.ts"
import { raiseFloors } from "../src/floors.ts"
import { SqlStores } from "../src/index.ts"
import { selectSilent } from "../src/jobQueries.ts"
import { selectAvailable } from "../src/queueQueries.ts"
import { selectWorkloads } from "../src/runnerQueries.ts"
import { pagesOf, whileSnapshotIsHeld } from "./heldSnapshot.ts"
import { usePostgres } from "./postgresServer.ts"

const database = Layer.provideMerge(SqlStores.layerStores, usePostgres().database)

const JOBS = 3000

/** After the turn of every job of the fixtures. */
const DUE = Date.UTC(2100, 0, 1)

/** Inserts many pending jobs of a type of four tenants. */
const fill = (type: string) =>
  Effect.flatMap(PgClient.PgClient, (sql) =>
    sql.unsafe(`
      INSERT INTO runner_connector.runner_job (id, type, state, payload, private_payload, priority, failures, stalls,
        tenant, due, created_at, updated_at, revision)
      SELECT gen_random_uuid(), '${type}', 'Pending', '{}', '{}', n % 4, 0, 0, 'tenant ' || n % 4, ${DUE} + n, now(), now(), 0
      FROM generate_series(1, ${JOBS}) AS n`)
  )

/** Lets runners take and complete all jobs of the type but the last 40. */
const work = (type: string, runner: number) =>
  Effect.flatMap(PgClient.PgClient, (sql) => {
    const to = (change: string) => `UPDATE runner_connector.runner_job SET ${change}, revision = revision + 1
      WHERE type = '${type}' AND sequence <= (SELECT max(sequence) - 40 FROM runner_connector.runner_job WHERE type = '${type}')`
    return Effect.forEach(
      [
        to("kept_until = now()"),
        to(`state = 'Processing', runner_id = ${runner}, started_at = now() - interval '1 minute'`),
        to("updated_at = now()"),
        to("state = 'Completed', finished_at = now()")
      ],
      (statement) => sql.unsafe(statement)
    )
  })

const queryFor = (type: string, runner: { readonly id: JobQueue.ClaimQuery["runnerId"] }): JobQueue.ClaimQuery => ({
  ...{ runnerId: runner.id, types: [type], requirements: [], labels: [], limit: 10 },
  ...{ at: someMoment, until: someMoment }
})

const claimed = (query: JobQueue.ClaimQuery) =>
  Effect.flatMap(JobQueue.JobQueue, (queue) =>
    Effect.map(
      queue.claim(query),
      Arr.map(({ id }) => id)
    )
  )

const save = (job: RunnerJob.RunnerJob) => Effect.flatMap(JobStore.JobStore, (store) => store.commit([job]))

/** A runner and a type of which 3000 jobs are over, with the floors above them. */
const raisedAbove = (type: string) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const runner = yield* aRegisteredRunner()
    const old = aJob({ type, priority: 1 })
    yield* (yield* JobStore.JobStore).insert([old])
    yield* fill(type)
    yield* sql.unsafe(`UPDATE runner_connector.runner_job SET state = 'Completed', revision = 1 WHERE type = '${type}'`)
    yield* raiseFloors(sql)
    return { old: { ...old, revision: 1 }, query: queryFor(type, runner), runner, sql }
  })

layer(database, { excludeTestServices: true, timeout: "5 minutes" })("the floors of the queue", (it) => {
  it.effect("keep claims cheap while a snapshot is held and thousands of jobs are done", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const runner = yield* aRegisteredRunner()
      const since = DateTime.unsafeMake("2100-01-01T00:00:00Z")
      yield* fill("held")
      const pages = Effect.all({
        claim: pagesOf(claimJobs(sql, queryFor("held", runner))),
        available: pagesOf(selectAvailable(sql, { types: ["held"], at: someMoment })),
        workloads: pagesOf(selectWorkloads(sql, [runner.id])),
        silent: pagesOf(selectSilent(sql, { state: "Processing", since }))
      })
      yield* sql`ANALYZE runner_connector.runner_job`
      const before = yield* pages
      const after = yield* whileSnapshotIsHeld(
        Effect.zipRight(Effect.zipRight(work("held", runner.id), raiseFloors(sql)), pages)
      )
      for (const name of ["claim", "available", "workloads", "silent"] as const) {
        assert.isAtMost(after[name], before[name] * 1.5 + 20, `${name}: ${JSON.stringify({ before, after })}`)
      }
    })
  )

  it.effect("fall when a job is pending again", () =>
    Effect.gen(function* () {
      const { old, query } = yield* raisedAbove("again")
      deepStrictEqual(yield* claimed(query), [])
      yield* save({ ...old, state: "Pending" })
      deepStrictEqual(yield* claimed(query), [old.id])
      const queue = yield* JobQueue.JobQueue
      deepStrictEqual((yield* queue.available({ types: ["again"], at: someMoment }))[0]?.jobs, 1)
    })
  )

  it.effect("hide no job whose backoff ends", () =>
    Effect.gen(function* () {
      const { old, query, sql } = yield* raisedAbove("rested")
      const rests = {
        ...old,
        state: "Pending" as const,
        notBefore: Option.some(DateTime.add(someMoment, { minutes: 1 }))
      }
      yield* save(rests)
      yield* fill("rested")
      yield* sql`UPDATE runner_connector.runner_job SET state = 'Completed'
        WHERE type = 'rested' AND state = 'Pending' AND id <> ${old.id}`
      yield* raiseFloors(sql)
      deepStrictEqual(yield* claimed(query), [])
      deepStrictEqual(yield* claimed({ ...query, at: DateTime.add(someMoment, { minutes: 2 }) }), [old.id])
    })
  )

  it.effect("do not rise while a transaction inserts a job, which is found afterwards", () =>
    Effect.gen(function* () {
      const { query, sql } = yield* raisedAbove("inserting")
      const inserted = yield* Deferred.make<void>()
      const commit = yield* Deferred.make<void>()
      const job = aJob({ type: "inserting", priority: 2 })
      const inserting = Effect.flatMap(JobStore.JobStore, (store) => store.insert([job])).pipe(
        Effect.zipRight(Deferred.succeed(inserted, undefined)),
        Effect.zipRight(Deferred.await(commit)),
        sql.withTransaction
      )
      const fiber = yield* Effect.fork(inserting)
      yield* Deferred.await(inserted)
      yield* fill("inserting")
      yield* sql`UPDATE runner_connector.runner_job SET state = 'Completed' WHERE type = 'inserting' AND state = 'Pending'`
      yield* raiseFloors(sql)
      yield* Deferred.succeed(commit, undefined)
      yield* Fiber.join(fiber)
      deepStrictEqual(yield* claimed(query), [job.id])
      yield* raiseFloors(sql)
      deepStrictEqual(yield* claimed({ ...query, kept: true }), [job.id])
    })
  )

  it.effect("hide no lease, however long ago it began", () =>
    Effect.gen(function* () {
      const { old, runner, sql } = yield* raisedAbove("leases")
      const startedAt = Option.some(DateTime.unsafeMake("2001-01-01T00:00:00Z"))
      yield* save({ ...old, state: "Processing", startedAt, runnerId: Option.some(runner.id) })
      yield* raiseFloors(sql)
      const jobs = yield* JobStore.JobStore
      const silent = yield* jobs.listSilent({ state: "Processing", since: DateTime.unsafeMake("2100-01-01T00:00:00Z") })
      assert.include(
        silent.map(({ id }) => id),
        old.id
      )
    })
  )
})
