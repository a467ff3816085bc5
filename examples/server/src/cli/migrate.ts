import { Command } from "@effect/cli"
import { SqlStores } from "@runner-connector/persistence-sql"
import { Console, Effect } from "effect"

export const migrateCommand = Command.make("migrate", {}, () =>
  Effect.zipRight(SqlStores.migrate, Console.log("The tables are up to date."))
).pipe(Command.withDescription("Brings the tables of the database up to date. For servers with DATABASE_MIGRATE=off"))
