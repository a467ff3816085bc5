import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

const statements = `
  ALTER TABLE runner_connector.runner_job RENAME COLUMN result_id TO attempt_id;
  ALTER TABLE runner_connector.video RENAME COLUMN retired TO pending_deletion;
  ALTER TABLE runner_connector.video RENAME COLUMN retired_since TO pending_deletion_since;
  ALTER INDEX runner_connector.video_retired RENAME TO video_pending_deletion;
`

/** Gives columns the names that the code uses. */
export const rename: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.unsafe(statements)
)
