import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

const statements = `
  ALTER TABLE runner_connector.webhook_endpoint ADD COLUMN busy_until timestamptz;
`

/** Adds the moment until which an endpoint has a delivery in hand. */
export const webhooks: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.unsafe(statements)
)
