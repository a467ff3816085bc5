import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

const statements = `
  ALTER TABLE runner_connector.video
    DROP CONSTRAINT video_state_check,
    ADD CONSTRAINT video_state_check CHECK (state IN (
      'Published', 'ToTranscode', 'TranscodingFailed', 'ToEdit', 'ToImport', 'WaitingForLive', 'LiveEnded'
    ));
  CREATE UNIQUE INDEX video_to_import ON runner_connector.video (destination) WHERE state = 'ToImport';
`

/** Adds the state of videos that have captions only, of which a destination has one. */
export const captionsOnly: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql.unsafe(statements)
)
