import { PgClient } from "@effect/sql-pg"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob } from "@runner-connector/contracts"
import { JobStore } from "@runner-connector/core"
import { Effect, Layer, Redacted } from "effect"
import { describe } from "vitest"
import { SqlStores } from "../src/index.ts"
import { migrations } from "../src/migrations/index.ts"
import { usePostgres } from "./postgresServer.ts"

const postgres = usePostgres()

const clientOf = (url: Redacted.Redacted<string>) => PgClient.layer({ url, maxConnections: 2 })

const useStores = Effect.gen(function* () {
  const store = yield* JobStore.JobStore
  const job = aJob()
  yield* store.insert([job])
  assert.lengthOf(yield* store.family(job.id), 1)
})

const versions = Effect.flatMap(
  PgClient.PgClient,
  (sql) => sql<{ id: number }>`SELECT migration_id AS id FROM runner_connector.migrations ORDER BY id`
)

const setVersion = (version: number) =>
  Effect.flatMap(
    PgClient.PgClient,
    (sql) => sql`INSERT INTO runner_connector.migrations (migration_id, name) VALUES (${version}, 'later')`
  )

describe("the schema", () => {
  it.scoped("is made by one of several processes that start at the same moment, and all come up", () =>
    Effect.gen(function* () {
      const url = yield* postgres.emptyAddress
      const process = Effect.provide(useStores, Layer.provide(SqlStores.layer, clientOf(url)))
      yield* Effect.all(
        Array.from({ length: 6 }, () => process),
        { concurrency: "unbounded" }
      )
      const found = yield* Effect.provide(versions, clientOf(url))
      deepStrictEqual(
        found,
        Object.keys(migrations).map((name) => ({ id: Number.parseInt(name, 10) }))
      )
    })
  )

  it.scoped("is left alone by a program that is older, which says so and does not start", () =>
    Effect.gen(function* () {
      const client = clientOf(yield* postgres.emptyAddress)
      yield* Effect.provide(Effect.zipRight(SqlStores.migrate, setVersion(9999)), client)
      for (const layer of [SqlStores.layer, SqlStores.layerWithoutMigrations]) {
        const error = yield* Effect.flip(Effect.provide(useStores, Layer.provide(layer, client)))
        assert.instanceOf(error, SqlStores.SchemaVersionMismatch)
        assert.match(error.message, /version 9999.*the program is older than the database, start a newer one/)
      }
    })
  )

  it.scoped("must be there for those who migrate apart", () =>
    Effect.gen(function* () {
      const client = clientOf(yield* postgres.emptyAddress)
      const useThem = Effect.provide(useStores, Layer.provide(SqlStores.layerWithoutMigrations, client))
      const error = yield* Effect.flip(useThem)
      assert.instanceOf(error, SqlStores.SchemaVersionMismatch)
      assert.match(
        error.message,
        /has version 0.*migrate the tables first, with SqlStores\.migrate or `npm run cli -- migrate`/
      )
      yield* Effect.provide(SqlStores.migrate, client)
      yield* useThem
    })
  )

  it.scoped("needs no right to change tables once it is up to date", () =>
    Effect.gen(function* () {
      const url = yield* postgres.emptyAddress
      const role = `app_${crypto.randomUUID().replaceAll("-", "")}`
      const grant = Effect.flatMap(PgClient.PgClient, (sql) =>
        sql.unsafe(`
          CREATE ROLE ${role} LOGIN PASSWORD 'secret';
          GRANT USAGE ON SCHEMA runner_connector TO ${role};
          GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA runner_connector TO ${role};
        `)
      )
      yield* Effect.provide(Effect.zipRight(SqlStores.migrate, grant), clientOf(url))
      const address = new URL(Redacted.value(url))
      address.username = role
      address.password = "secret"
      const restricted = clientOf(Redacted.make(address.href))
      yield* Effect.provide(useStores, Layer.provide(SqlStores.layer, restricted))
    })
  )

  it.scoped("can be made by a user who owns nothing but the schema", () =>
    Effect.gen(function* () {
      const url = yield* postgres.emptyAddress
      const role = `owner_${crypto.randomUUID().replaceAll("-", "")}`
      const prepare = Effect.flatMap(PgClient.PgClient, (sql) =>
        sql.unsafe(`
          CREATE ROLE ${role} LOGIN PASSWORD 'secret';
          CREATE SCHEMA runner_connector AUTHORIZATION ${role};
        `)
      )
      yield* Effect.provide(prepare, clientOf(url))
      const address = new URL(Redacted.value(url))
      address.username = role
      address.password = "secret"
      yield* Effect.provide(useStores, Layer.provide(SqlStores.layer, clientOf(Redacted.make(address.href))))
    })
  )

  it.scoped("fails with a typed error when there is something else of its name", () =>
    Effect.gen(function* () {
      const client = clientOf(yield* postgres.emptyAddress)
      const squat = Effect.flatMap(PgClient.PgClient, (sql) =>
        sql.unsafe("CREATE SCHEMA runner_connector; CREATE TABLE runner_connector.runner (id integer)")
      )
      yield* Effect.provide(squat, client)
      const error = yield* Effect.flip(Effect.provide(SqlStores.migrate, client))
      assert.strictEqual(error._tag, "PersistenceError")
      const tables = yield* Effect.provide(
        Effect.flatMap(
          PgClient.PgClient,
          (sql) => sql`SELECT table_name FROM information_schema.tables WHERE table_schema = 'runner_connector'`
        ),
        client
      )
      assert.lengthOf(tables, 1)
    })
  )
})
