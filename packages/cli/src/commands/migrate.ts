import { Command } from "@effect/cli"
import type { PgClient } from "@effect/sql-pg"
import { SqlStores } from "@runner-connector/persistence-sql"
import { Effect } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { json, printResult } from "../output.ts"

export const migrateCommand: CommandOf<"migrate", PgClient.PgClient> = Command.make("migrate", { json }, ({ json }) =>
  Effect.zipRight(SqlStores.migrate, printResult(json, { migrated: true }, "The tables are up to date."))
).pipe(Command.withDescription("Brings the tables of the database up to date. For servers with DATABASE_MIGRATE=off"))
