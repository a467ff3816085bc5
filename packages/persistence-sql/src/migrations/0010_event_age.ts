import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

/** Adds the index by which old events are found. Without it every round of upkeep reads all events. */
export const eventAge: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.unsafe("CREATE INDEX event_recorded ON runner_connector.event (recorded_at)")
)
