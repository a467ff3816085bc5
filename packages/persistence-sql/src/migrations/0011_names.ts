import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

/** Adds the names of videos. What older videos were called is only in their keys, so they have none. */
export const names: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.unsafe("ALTER TABLE runner_connector.video ADD COLUMN title text, ADD COLUMN file_name text")
)
