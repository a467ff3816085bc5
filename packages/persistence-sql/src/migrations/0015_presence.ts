import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

const statements = [
  "ALTER TABLE runner_connector.runner ADD COLUMN online boolean NOT NULL DEFAULT false",
  `CREATE TABLE runner_connector.presence_report (
    server uuid PRIMARY KEY,
    runners integer[] NOT NULL,
    reported_at timestamptz(3) NOT NULL
  )`
]

/** Records which runners are connected to which process, and which runners are online. */
export const presence: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.forEach(statements, (statement) => sql.unsafe(statement), { discard: true })
)
