import { Command } from "@effect/cli"
import type { PgClient } from "@effect/sql-pg"
import { SqlStores } from "@runner-connector/persistence-sql"
import { Console, Effect } from "effect"
import type { CommandOf } from "../CommandOf.ts"

export const migrateCommand: CommandOf<"migrate", PgClient.PgClient> = Command.make("migrate", {}, () =>
  Effect.zipRight(SqlStores.migrate, Console.log("The tables are up to date."))
).pipe(Command.withDescription("Brings the tables of the database up to date. For servers with DATABASE_MIGRATE=off"))
