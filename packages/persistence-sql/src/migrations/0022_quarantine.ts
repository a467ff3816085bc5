import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

const statements = `
  ALTER TABLE runner_connector.runner ADD COLUMN health jsonb NOT NULL DEFAULT
    '{"failures":0,"failingSince":null,"lastFailedJob":null,"succeededAt":null,"quarantines":0,"quarantine":null}';
  ALTER TABLE runner_connector.runner_job ADD COLUMN avoided jsonb NOT NULL DEFAULT '[]';
  CREATE INDEX runner_job_avoiding ON runner_connector.runner_job (sequence)
    WHERE state = 'Pending' AND avoided <> '[]'::jsonb;
`

/** Adds the last outcomes of runners, and the runners to which a job is not offered again. */
export const quarantine: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql.unsafe(statements)
)
