import * as Migrator from "@effect/sql/Migrator"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { PgClient } from "@effect/sql-pg"
import { Persistence } from "@runner-connector/core"
import { Effect, Option, Schema } from "effect"
import { latestVersion, migrations } from "./migrations/index.ts"
import { persist } from "./persist.ts"

/** The tables have another version than this program. */
export class SchemaVersionMismatch extends Schema.TaggedError<SchemaVersionMismatch>()("SchemaVersionMismatch", {
  /** The version of the tables in the database. 0 when there are none. */
  found: Schema.Int,
  /** The version of this program. */
  expected: Schema.Int
}) {
  override get message(): string {
    const facts = `The schema runner_connector in the database has version ${this.found}, this program works with version ${this.expected}`
    return this.found > this.expected
      ? `${facts}: the program is older than the database, start a newer one`
      : `${facts}: migrate the tables first, with SqlStores.migrate or \`npm run cli -- migrate\``
  }
}

/** Any number works, as long as no other program uses the same advisory lock in this database. */
const LOCK = 7_225_031_994

const operation = "SqlStores.migrate"

const table = "runner_connector.migrations"

const foundVersion = (sql: SqlClient.SqlClient): Effect.Effect<number, SqlError> =>
  Effect.gen(function* () {
    const [exists] = yield* sql<{ yes: boolean }>`SELECT to_regclass(${table}) IS NOT NULL AS yes`
    if (exists?.yes !== true) return 0
    const [latest] = yield* sql<{ version: number | null }>`SELECT max(migration_id) AS version
      FROM ${sql.literal(table)}`
    return latest?.version ?? 0
  })

/** A user without the right to create schemas may work in an existing one. */
const createSchema = (sql: SqlClient.SqlClient): Effect.Effect<void, SqlError> =>
  Effect.gen(function* () {
    const [exists] = yield* sql<{ yes: boolean }>`SELECT to_regnamespace('runner_connector') IS NOT NULL AS yes`
    if (exists?.yes !== true) yield* sql`CREATE SCHEMA runner_connector`
    // The migrator detects a missing table by an error, which would end this transaction.
    yield* sql`CREATE TABLE IF NOT EXISTS ${sql.literal(table)} (
      migration_id integer PRIMARY KEY,
      created_at timestamptz NOT NULL DEFAULT now(),
      name text NOT NULL
    )`
  })

const runMigrations = Migrator.make({})({ loader: Migrator.fromRecord(migrations), table })

const apply = (sql: SqlClient.SqlClient): Effect.Effect<void, Migrator.MigrationError | SqlError> =>
  Effect.gen(function* () {
    // Waiting for another process, and changing large tables, may take longer than statements usually do.
    yield* sql`SET LOCAL statement_timeout = 0`
    yield* sql`SELECT pg_advisory_xact_lock(${LOCK})`
    yield* createSchema(sql)
    yield* runMigrations
  }).pipe(
    Effect.provideService(SqlClient.SqlClient, sql),
    sql.withTransaction,
    // The migrator reports a failed migration as a defect.
    Effect.catchSomeDefect((defect) =>
      defect instanceof Migrator.MigrationError ? Option.some(Effect.fail(defect)) : Option.none()
    )
  )

/**
 * Migrates the tables to the version of this program, in one transaction. Several processes may call it at once: one
 * migrates, the others wait. Fails with `SchemaVersionMismatch` when the tables are newer.
 */
export const migrate: Effect.Effect<void, Persistence.PersistenceError | SchemaVersionMismatch, PgClient.PgClient> =
  Effect.gen(function* () {
    const sql = (yield* PgClient.PgClient).withoutTransforms()
    const found = yield* foundVersion(sql)
    if (found > latestVersion) return yield* new SchemaVersionMismatch({ found, expected: latestVersion })
    if (found < latestVersion) yield* apply(sql)
  }).pipe(
    persist(operation),
    Effect.catchTag("MigrationError", (cause) => new Persistence.PersistenceError({ operation, cause })),
    Effect.withSpan(operation)
  )

/** Fails unless the tables have exactly the version of this program. */
export const assertMigrated: Effect.Effect<
  void,
  Persistence.PersistenceError | SchemaVersionMismatch,
  PgClient.PgClient
> = Effect.gen(function* () {
  const sql = (yield* PgClient.PgClient).withoutTransforms()
  const found = yield* foundVersion(sql)
  if (found !== latestVersion) return yield* new SchemaVersionMismatch({ found, expected: latestVersion })
}).pipe(persist(operation))
