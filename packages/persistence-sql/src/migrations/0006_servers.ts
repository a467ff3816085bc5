import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

const statements = `
  ALTER TABLE runner_connector.video ADD COLUMN public_url text;
  ALTER TABLE runner_connector.runner_job ADD COLUMN public_url text;
`

/** Adds the origin of the URLs in the payloads of a video's jobs. */
export const servers: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.unsafe(statements)
)
