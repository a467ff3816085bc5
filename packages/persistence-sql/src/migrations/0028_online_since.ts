import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

/** Records since when a runner is online. Unknown for those that are online during the update. */
export const onlineSince: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql.unsafe("ALTER TABLE runner_connector.runner ADD COLUMN online_since timestamptz(3)")
)
