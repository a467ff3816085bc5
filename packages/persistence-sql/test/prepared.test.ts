import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { aJob, aRegisteredRunner, someMoment } from "@runner-connector/contracts"
import { JobQueue, JobStore, RunnerStore } from "@runner-connector/core"
import { Effect, Layer, Option } from "effect"
import { SqlStores } from "../src/index.ts"
import { usePostgres } from "./postgresServer.ts"

const postgres = usePostgres()

/** Stores with one connection, which has all prepared statements. */
const withStores = <A, E>(
  use: Effect.Effect<A, E, JobQueue.JobQueue | JobStore.JobStore | RunnerStore.RunnerStore | PgClient.PgClient>
): Effect.Effect<A, unknown> =>
  Effect.gen(function* () {
    const client = PgClient.layer({ url: yield* postgres.migratedAddress, maxConnections: 1 })
    return yield* Effect.provide(use, Layer.provideMerge(SqlStores.layerStores, client))
  }).pipe(Effect.scoped)

const preparedNames = Effect.flatMap(
  PgClient.PgClient,
  (sql) => sql<{ readonly name: string }>`SELECT name FROM pg_prepared_statements WHERE name LIKE 'rc_%'`
)

/** Statements of every kind, some of them in a transaction. */
const work = Effect.gen(function* () {
  const [jobs, runners] = [yield* JobStore.JobStore, yield* RunnerStore.RunnerStore]
  const runner = yield* aRegisteredRunner()
  assert.isTrue(Option.isSome(yield* runners.findByToken(runner.tokenHash)))
  const [first, second] = [aJob(), aJob()]
  yield* jobs.insert([first, second])
  yield* jobs.commit([first, second])
  yield* jobs.commit([{ ...first, revision: 1 }])
  assert.strictEqual((yield* jobs.family(first.id))[0]?.revision, 2)
  const query = { types: [first.type], requirements: [], labels: [], at: someMoment, until: someMoment }
  const claimed = yield* (yield* JobQueue.JobQueue).claim({ ...query, runnerId: runner.id, limit: 100 })
  assert.isTrue(claimed.some(({ id }) => id === first.id))
})

const changes = {
  "a pooler gives a connection without them": "DEALLOCATE ALL",
  "a migration changes the type of a result":
    "ALTER TABLE runner_connector.runner ALTER COLUMN name TYPE varchar(1000); ALTER TABLE runner_connector.runner_job ALTER COLUMN error TYPE varchar(1000)"
}

describe("prepared statements", () => {
  for (const [when, change] of Object.entries(changes)) {
    it.live(`are given up when ${when}`, () =>
      withStores(
        Effect.gen(function* () {
          const sql = yield* PgClient.PgClient
          yield* work
          assert.isAbove((yield* preparedNames).length, 0)
          yield* sql.unsafe(change)
          yield* work
          yield* sql`DEALLOCATE ALL`
          yield* work
          assert.lengthOf(yield* preparedNames, 0)
        })
      )
    )
  }
})
