import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

const jobs = `
  ALTER TABLE runner_connector.runner_job
    ADD COLUMN interruptions integer NOT NULL DEFAULT 0,
    ADD COLUMN received jsonb NOT NULL DEFAULT 'null',
    ADD COLUMN progressed_at timestamptz(3);
  UPDATE runner_connector.runner_job SET progressed_at = updated_at WHERE state = 'Processing';
`

const uploads = `
  CREATE TABLE runner_connector.upload (
    key text PRIMARY KEY,
    abandoned boolean NOT NULL DEFAULT false,
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL
  );
  CREATE INDEX upload_updated ON runner_connector.upload (updated_at);
`

/** Records uploads, received results, interruptions and the last change of progress. */
export const durability: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statements of [jobs, uploads]) yield* sql.unsafe(statements)
})
