import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

const statements = `
  ALTER TABLE runner_connector.video
    ADD COLUMN chunking jsonb,
    ADD COLUMN chunk_work_since timestamptz;
  CREATE INDEX video_chunk_work ON runner_connector.video (chunk_work_since) WHERE chunk_work_since IS NOT NULL;
  ALTER TABLE runner_connector.runner_job
    ADD COLUMN rendition_id uuid,
    ADD COLUMN chunk integer;
  CREATE INDEX runner_job_rendition ON runner_connector.runner_job (rendition_id, chunk) WHERE rendition_id IS NOT NULL;
`

/** Adds renditions that are made in chunks, and their jobs. */
export const chunks: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.unsafe(statements)
)
