import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

// Claims read the first jobs of this index. Jobs that rest until later would stand in front of them: they have an index of
// their own, runner_job_resting.
const statements = `
  DROP INDEX runner_connector.runner_job_pending;
  CREATE INDEX runner_job_pending ON runner_connector.runner_job (type, priority, sequence)
    WHERE state = 'Pending' AND not_before IS NULL;
  CREATE INDEX runner_job_state ON runner_connector.runner_job (state, created_at DESC, sequence);
`

/** Takes jobs that rest out of the index of the queue, and adds the index of the list by state. */
export const lists: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.unsafe(statements)
)
