import { PgClient } from "@effect/sql-pg"
import { assert, it, layer } from "@effect/vitest"
import { assertNone, deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aNewVideo, aTokenHash, aVideoId, someMoment } from "@runner-connector/contracts"
import { JobStore, Persistence, RunnerStore, VideoStore } from "@runner-connector/core"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { Array as Arr, Deferred, Effect, Exit, Fiber, Layer, Option, Redacted } from "effect"
import { copyDatabase } from "../../../test/fixtures/cluster.ts"
import { freePort } from "../../../test/fixtures/freePort.mjs"
import { SqlJobStore, SqlStores } from "../src/index.ts"
import { bystander, forkUntilItWaits, waiting, withLockedJob } from "./openTransactions.ts"
import { temporaryFolder, usePostgres } from "./postgresServer.ts"

const postgres = usePostgres()
const stores = SqlStores.layerStores.pipe(Layer.provideMerge(postgres.database))

/** Ends all connections of the stores. */
const cutAllOthers = (sql: PgClient.PgClient) =>
  sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name <> 'bystander'`

/** A job store on the same tables, with connections of another setting. */
const storesWith = (setting: string) =>
  Effect.gen(function* () {
    const { config } = yield* PgClient.PgClient
    const url = new URL(Redacted.value(config.url as Redacted.Redacted<string>))
    url.searchParams.set("options", `-c ${setting.replace(" ", "\\ ")}`)
    const client = PgClient.layer({ url: Redacted.make(url.href), maxConnections: 1 })
    const context = yield* Layer.build(Layer.provide(SqlJobStore.layer, client))
    return yield* Effect.provide(JobStore.JobStore, context)
  })

const assertPersistenceError = <A>(exit: Exit.Exit<A, unknown>) =>
  assert.isTrue(
    Exit.isFailure(exit) && exit.cause._tag === "Fail" && exit.cause.error instanceof Persistence.PersistenceError,
    String(exit)
  )

layer(stores, { excludeTestServices: true, timeout: "5 minutes" })("with a database", (it) => {
  it.scoped("works on after all its connections were cut, and reads at once", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const job = aJob()
      yield* store.insert([job])
      const other = yield* bystander
      yield* Effect.all(
        Arr.makeBy(10, () => store.family(job.id)),
        { concurrency: "unbounded" }
      )
      yield* cutAllOthers(other)
      assert.lengthOf(yield* store.family(job.id), 1)
      // A write is not repeated by itself; each try at most finds another of ten connections about to end.
      yield* Effect.retry(store.commit([job]), { times: 10, while: ({ _tag }) => _tag === "PersistenceError" })
      yield* cutAllOthers(other)
      deepStrictEqual(
        yield* Effect.all(
          Arr.makeBy(10, () => store.ofVideo(aVideoId())),
          { concurrency: "unbounded" }
        ),
        Arr.makeBy(10, () => [])
      )
    })
  )

  it.scoped("fails with a typed error when the connection is cut in the middle of a transaction", () =>
    Effect.gen(function* () {
      const [videos, jobs] = [yield* VideoStore.VideoStore, yield* JobStore.JobStore]
      const sql = yield* bystander
      const job = aJob({ state: "Completing" })
      const video = yield* videos.insert(aNewVideo(), [job])
      const cutInTheMiddle = Effect.gen(function* () {
        const published = { ...video, state: "Published" as const }
        const save = yield* forkUntilItWaits(sql, videos.save(published, [{ ...job, state: "Completed" }]))
        yield* sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${sql.literal(waiting)}`
        return yield* Fiber.await(save)
      })
      const outcome = yield* withLockedJob(sql, job, cutInTheMiddle)
      assertPersistenceError(outcome)
      assert.strictEqual(Option.getOrThrow(yield* videos.find(video.id)).state, "ToTranscode")
      assert.strictEqual((yield* jobs.family(job.id))[0]?.state, "Completing")
    })
  )

  it.scoped("begins anew when the database has taken back its work for the sake of others", () =>
    Effect.gen(function* () {
      const sql = yield* bystander
      const job = aJob()
      yield* (yield* JobStore.JobStore).insert([job])
      const strict = yield* storesWith("default_transaction_isolation=repeatable read")
      const commit = yield* withLockedJob(
        sql,
        job,
        forkUntilItWaits(sql, strict.commit([job])),
        sql`UPDATE runner_connector.runner_job SET error = error WHERE id = ${job.id}`
      )
      yield* Fiber.join(commit)
      deepStrictEqual((yield* strict.family(job.id))[0]?.revision, 1)
    })
  )

  it.effect("takes part in a transaction of the host's", () =>
    Effect.gen(function* () {
      const [sql, videos, jobs] = [yield* PgClient.PgClient, yield* VideoStore.VideoStore, yield* JobStore.JobStore]
      const [video, job] = [aNewVideo(), aJob()]
      const order = Effect.zipRight(videos.insert(video, [job]), Effect.fail("the host thinks better of it"))
      yield* Effect.flip(sql.withTransaction(order))
      assertNone(yield* videos.find(video.id))
      deepStrictEqual(yield* jobs.family(job.id), [])
      yield* sql.withTransaction(videos.insert(video, [job]))
      assert.lengthOf(yield* jobs.family(job.id), 1)
    })
  )

  it.effect("names the operation and the reason, and no values of rows", () =>
    Effect.gen(function* () {
      const jobs = yield* JobStore.JobStore
      const tokenHash = aTokenHash()
      const jobTokenHash = Option.some(tokenHash)
      yield* jobs.insert([aJob({ jobTokenHash })])
      const error = yield* Effect.flip(jobs.insert([aJob({ jobTokenHash })]))
      assert.strictEqual(error.operation, "JobStore.insert")
      const text = `${String(error.cause)} ${JSON.stringify(error)} ${error.stack}`
      assert.match(text, /23505.*runner_job_token/)
      assert.notInclude(text, tokenHash)
    })
  )
})

it.scopedLive("works on after the server itself was away", () =>
  Effect.gen(function* () {
    const directory = yield* temporaryFolder
    yield* copyDatabase(directory)
    const port = yield* Effect.promise(freePort)
    const server = EmbeddedPostgres.start({ directory, fsync: false, port })
    const first = yield* Effect.scoped(server)
    const opened = yield* Deferred.make<void>()
    const leave = yield* Deferred.make<void>()
    const visit = yield* Effect.fork(
      Effect.scoped(
        Effect.zipRight(server, Effect.zipRight(Deferred.succeed(opened, undefined), Deferred.await(leave)))
      )
    )
    yield* Deferred.await(opened)
    const client = PgClient.layer({ url: first.url, maxConnections: 3 })
    const context = yield* Layer.build(Layer.provide(SqlStores.layer, client))
    yield* Effect.gen(function* () {
      const jobs = yield* JobStore.JobStore
      const runners = yield* RunnerStore.RunnerStore
      const job = aJob()
      yield* jobs.insert([job])
      yield* Deferred.succeed(leave, undefined)
      yield* Fiber.join(visit)
      const contact = { at: someMoment, ip: Option.none(), version: Option.none() }
      for (const call of [
        jobs.family(job.id),
        jobs.commit([job]),
        runners.findByToken(aTokenHash()),
        runners.touch((yield* Effect.succeed(1)) as never, contact)
      ]) {
        assertPersistenceError(yield* Effect.exit(call as Effect.Effect<unknown, unknown>))
      }
      yield* server
      assert.lengthOf(yield* jobs.family(job.id), 1)
      yield* jobs.commit([job])
    }).pipe(Effect.provide(context))
  })
)
