import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

// Waiting jobs are counted up to a limit by type, so the index has each type in one piece. A claim adds no entry to it,
// because the claimed row is not in it any more. Lists by priority show equal ones in the order of their insertion, in both directions.
const queue = `
  DROP INDEX runner_connector.runner_job_waiting;
  CREATE INDEX runner_job_waiting ON runner_connector.runner_job (state, type, created_at, sequence)
    WHERE state IN ('Pending', 'WaitingForParent');
  CREATE INDEX runner_job_lowest ON runner_connector.runner_job (state, priority, sequence)
    WHERE state IN ('Pending', 'WaitingForParent');
  CREATE INDEX runner_job_highest ON runner_connector.runner_job (state, priority DESC, sequence)
    WHERE state IN ('Pending', 'WaitingForParent');
`

// The bytes of a video are computed when its files change, not for each figure.
const videos = `
  CREATE FUNCTION runner_connector.file_bytes(files jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(sum((file ->> 'size')::bigint), 0)::bigint FROM jsonb_array_elements(files) AS file
  $$;
  ALTER TABLE runner_connector.video ADD COLUMN stored_bytes bigint
    GENERATED ALWAYS AS (runner_connector.file_bytes(files) + runner_connector.file_bytes(web_videos)) STORED;
  CREATE INDEX video_state_bytes ON runner_connector.video (state) INCLUDE (stored_bytes);
`

// Past hours are counted once.
const hours = `
  CREATE TABLE runner_connector.ended_hour (
    at timestamptz(3) PRIMARY KEY,
    completed integer NOT NULL,
    failed integer NOT NULL
  );
`

/** Adds what keeps the operator's figures fast with a million jobs. */
export const figures: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.forEach([queue, videos, hours], (statements) => sql.unsafe(statements), { discard: true })
)
