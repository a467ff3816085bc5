import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

// No other partial index has a condition that this one implies. So PostgreSQL chooses this index for queries with the same
// condition, whatever its statistics say: while a queue fills, it takes all indexes of pending jobs for empty.
const statements = `
  DROP INDEX runner_connector.runner_job_pending;
  CREATE INDEX runner_job_pending ON runner_connector.runner_job (lane, due, sequence)
    WHERE (state = 'Pending' AND not_before IS NULL) IS TRUE;
`

/** Makes the index of pending jobs the only one for its condition. */
export const openLanes: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql.unsafe(statements)
)
