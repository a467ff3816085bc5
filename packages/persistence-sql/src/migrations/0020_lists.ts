import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

/** Adds the index of the list of jobs by state. A heartbeat changes none of its columns. */
export const lists: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.unsafe("CREATE INDEX runner_job_state ON runner_connector.runner_job (state, created_at DESC, sequence)")
)
