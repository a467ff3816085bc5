import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import type { RunnerStore } from "@runner-connector/core"
import { Effect } from "effect"

/** What stands after ORDER BY, for a table of this name. */
export const orderOf = (
  sql: PgClient.PgClient,
  table: "runner" | "token",
  { sort }: RunnerStore.SortedPageRequest
): Fragment =>
  sql.literal(
    sort === undefined ? `${table}.id DESC` : `${table}.created_at ${sort.descending ? "DESC" : "ASC"}, ${table}.id`
  )

/**
 * Takes the runners from their jobs, whose revisions grow: whoever has read such a job must read it again. To be called
 * in a transaction that holds the runners' rows, so that no job can be given to them meanwhile; it locks jobs in the
 * order in which everybody does.
 */
export const detachJobs = (sql: PgClient.PgClient, runnerIds: ReadonlyArray<number>): Effect.Effect<void, SqlError> =>
  Effect.asVoid(sql`UPDATE runner_connector.runner_job
    SET runner_id = NULL, revision = revision + 1
    WHERE id IN (
      SELECT id FROM runner_connector.runner_job WHERE runner_id = ANY (${runnerIds}::integer[])
      ORDER BY id FOR UPDATE
    )`)
