import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

const statements = `
  CREATE TABLE runner_connector.media_report (
    video_id uuid NOT NULL REFERENCES runner_connector.video (id) ON DELETE CASCADE,
    name text NOT NULL,
    report jsonb NOT NULL,
    PRIMARY KEY (video_id, name)
  );
`

/** Adds the complete probe results of sources and renditions, in a table that no list and no claim reads. */
export const mediaReports: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql.unsafe(statements)
)
