import type { Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import { DateTime } from "effect"

/**
 * Deletes the jobs that finished first, from the index of finished jobs. Rows that another transaction holds, such as a
 * retry, are left for later.
 */
export const deleteFinished = (sql: PgClient.PgClient, before: DateTime.Utc, limit: number): Statement<object> =>
  sql`DELETE FROM runner_connector.runner_job WHERE id IN (
      SELECT job.id FROM runner_connector.runner_job job
      WHERE job.finished_at < ${DateTime.formatIso(before)}
        AND job.state IN ('Completed', 'Errored', 'Cancelled', 'ParentErrored', 'ParentCancelled')
        AND (NOT job.awaited OR job.video_id IS NULL
          OR NOT EXISTS (SELECT FROM runner_connector.video WHERE video.id = job.video_id))
      ORDER BY job.finished_at
      LIMIT ${limit}
      FOR UPDATE SKIP LOCKED
    )
    RETURNING id`
