import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

// No index holds kept_until: PostgreSQL can then write the changed row beside the old one and leave all indexes alone.
const statements = `
  ALTER TABLE runner_connector.runner_job
    ADD COLUMN requirements jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN kept_until timestamptz(3),
    ADD COLUMN kept_for integer[] NOT NULL DEFAULT '{}';
  UPDATE runner_connector.runner_job
    SET requirements = jsonb_path_query_array(payload, '$.tasks[*].name')
    WHERE type = 'video-studio-transcoding' AND jsonb_typeof(payload -> 'tasks') = 'array';
`

/** Adds what a runner must support for a job, and the runner for which a pending job is kept. */
export const queue: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.unsafe(statements)
)
