import type { Path } from "@effect/platform"
import { PgClient } from "@effect/sql-pg"
import { SqlStores } from "@runner-connector/persistence-sql"
import { Clock, Effect, Either, Option } from "effect"
import { Installation } from "../installation/Installation.ts"
import * as Tables from "../installation/Tables.ts"
import { broken, type Checked, doubtful, fine, reasonOf } from "./Check.ts"

/** Servers use the database's clock, but certificates and logs use that of the machine. */
const TOLERATED_SECONDS = 5

const readVersion = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const [row] = yield* sql<{ version: string }>`SELECT current_setting('server_version') AS version`
  return { check: "database", ...fine(`PostgreSQL ${row?.version ?? "?"} answers`) }
})

const checkSchema = Effect.gen(function* () {
  const { databaseMigrate } = yield* Installation
  const checked = yield* Effect.either(SqlStores.assertMigrated)
  if (Either.isRight(checked)) return { check: "schema", ...fine("the tables are up to date") }
  const finding = databaseMigrate ? doubtful : broken
  return { check: "schema", ...finding(reasonOf(checked.left), "Run the command migrate, or start the server.") }
})

const compareClocks = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const before = yield* Clock.currentTimeMillis
  const [row] = yield* sql<{ millis: number }>`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS millis`
  const after = yield* Clock.currentTimeMillis
  const seconds = Math.abs((before + after) / 2 - (row?.millis ?? 0)) / 1000
  const fact = `this machine and the database differ by ${seconds.toFixed(1)} s`
  return {
    check: "clock",
    ...(seconds > TOLERATED_SECONDS ? doubtful(fact, "Set up NTP on both machines.") : fine(fact))
  }
})

/** Database, schema and clock. */
export const checkDatabase: Effect.Effect<ReadonlyArray<Checked>, never, Installation | Path.Path> = Effect.all([
  readVersion,
  checkSchema,
  compareClocks
]).pipe(
  Effect.provide(Tables.layer),
  Effect.catchAll((error) =>
    Effect.map(Installation, ({ databaseUrl }) => [
      {
        check: "database",
        ...broken(
          reasonOf(error),
          Option.isSome(databaseUrl)
            ? "Start PostgreSQL, or correct DATABASE_URL."
            : "Start the server, whose embedded database this command uses, or set DATABASE_URL."
        )
      }
    ])
  )
)
