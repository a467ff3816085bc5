import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

// Figures are read from the indexes alone. A claim adds no entry to the index of waiting jobs, because the claimed row is
// not in it any more.
const indexes = [
  "CREATE INDEX runner_job_waiting ON runner_connector.runner_job (state, created_at, type) WHERE state IN ('Pending', 'WaitingForParent')",
  "DROP INDEX runner_connector.runner_job_finished",
  "CREATE INDEX runner_job_finished ON runner_connector.runner_job (finished_at) INCLUDE (state) WHERE finished_at IS NOT NULL"
]

/** Adds the indexes of the operator's figures. */
export const overview: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.forEach(indexes, (statement) => sql.unsafe(statement), { discard: true })
)
