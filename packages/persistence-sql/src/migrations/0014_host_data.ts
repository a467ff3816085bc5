import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

const statements = `
  ALTER TABLE runner_connector.video
    ADD COLUMN external_id text,
    ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}';
  CREATE UNIQUE INDEX video_external_id ON runner_connector.video (external_id);
`

/** Adds the host's own id and facts to videos. Videos without an id do not collide. */
export const hostData: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.unsafe(statements)
)
