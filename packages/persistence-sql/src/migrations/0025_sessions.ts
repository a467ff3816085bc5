import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

/** Adds the sessions that ended before their expiry. */
export const sessions: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.unsafe(`
  CREATE TABLE runner_connector.revoked_session (
    id uuid PRIMARY KEY,
    expires_at timestamptz(3) NOT NULL
  );
`)
)
