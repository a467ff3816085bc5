import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

// An older version may have removed every event before the oldest one that is left. The first event ever has the number 1.
const statements = `
  CREATE TABLE runner_connector.event_log (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    pruned_transaction xid8 NOT NULL,
    pruned_sequence bigint NOT NULL
  );
  INSERT INTO runner_connector.event_log (pruned_transaction, pruned_sequence)
    SELECT coalesce(oldest.transaction, '0'), coalesce(oldest.sequence - 1, 0)
    FROM (VALUES (1)) AS always LEFT JOIN (
      SELECT transaction, sequence FROM runner_connector.event ORDER BY transaction, sequence LIMIT 1
    ) AS oldest ON oldest.sequence > 1;
`

/** Adds the position up to which events were removed. */
export const prunedEvents: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql.unsafe(statements)
)
