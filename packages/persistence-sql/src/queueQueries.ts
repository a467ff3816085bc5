import type { Fragment, Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import type { JobQueue } from "@runner-connector/core"
import { Array as Arr } from "effect"
import { iso } from "./jobQueries.ts"
import { jobRows } from "./rows.ts"

type Sql = PgClient.PgClient

/** The most jobs of a type that are counted. */
const MAX_COUNTED = 1000

/** The most runners that a job remembers. */
const MAX_REMEMBERED = 100

/** Jobs that the runner may see, in a table of this name. The last element of `kept_for` is the runner of `kept_until`. */
const isFor = (sql: Sql, table: string, query: JobQueue.ClaimQuery): Fragment => {
  const column = (name: string) => sql.literal(`${table}.${name}`)
  const kept = sql`(${column("kept_until")} IS NULL OR ${column("kept_until")} <= ${iso(query.at)}
    OR ${column("kept_for")}[cardinality(${column("kept_for")})] = ${query.runnerId})`
  return sql.and([
    sql`${column("state")} = 'Pending'`,
    sql`(${column("not_before")} IS NULL OR ${column("not_before")} <= ${iso(query.at)})`,
    sql`${column("requirements")} <@ ${JSON.stringify(query.requirements)}::jsonb`,
    ...(query.except === undefined || query.except.length === 0
      ? []
      : [sql`${column("id")} <> ALL (${query.except}::uuid[])`]),
    ...(query.kept === true ? [] : [kept])
  ])
}

/** The number of jobs whose backoff is over that compete with the others at once, the longest over first. */
const MAX_RESTED = 100

/** The first jobs of a type that have no backoff. Reads the levels in their order, and stops when there are enough. */
const fresh = (sql: Sql, query: JobQueue.ClaimQuery): Fragment =>
  sql`(
    SELECT found.id, found.priority, found.sequence
    FROM (
      SELECT priority, floor FROM runner_connector.queue_floor
      WHERE queue_floor.type = wanted.type ORDER BY priority
    ) AS level
    CROSS JOIN LATERAL (
      SELECT runner_job.id, runner_job.priority, runner_job.sequence FROM runner_connector.runner_job
      WHERE runner_job.type = wanted.type AND runner_job.priority = level.priority
        AND runner_job.sequence >= level.floor AND runner_job.not_before IS NULL AND ${isFor(sql, "runner_job", query)}
      ORDER BY runner_job.sequence
      LIMIT ${query.limit}
    ) AS found
    LIMIT ${query.limit}
  )`

/** Jobs of a type whose backoff is over. They may lie below the floor. */
const rested = (sql: Sql, query: JobQueue.ClaimQuery): Fragment =>
  sql`(
    SELECT runner_job.id, runner_job.priority, runner_job.sequence FROM runner_connector.runner_job
    WHERE runner_job.type = wanted.type AND runner_job.not_before <= ${iso(query.at)} AND ${isFor(sql, "runner_job", query)}
    ORDER BY runner_job.not_before
    LIMIT ${MAX_RESTED}
  )`

/**
 * One statement. The candidates of each type come straight from the index of pending jobs, so neither finished jobs nor
 * pending ones of other types cost anything. The first candidate that no simultaneous claim has locked is kept for the
 * runner; its conditions are checked again on the locked row, which may be newer than the candidate. With `kept` it is
 * waited for, so that no job is missed. Candidates before the first one belong to other claims and are not listed. Rows are
 * `missed` when every candidate belongs to another claim.
 */
export const claimJobs = (sql: Sql, query: JobQueue.ClaimQuery): Statement<{ readonly missed: boolean }> => {
  const { limit, runnerId, types, until } = query
  return sql`WITH candidate AS MATERIALIZED (
      SELECT job.id, job.priority, job.sequence, job.place
      FROM unnest(${Arr.dedupe(types)}::text[]) AS wanted (type)
      CROSS JOIN LATERAL (
        SELECT pending.id, pending.priority, pending.sequence,
          row_number() OVER (ORDER BY pending.priority, pending.sequence) AS place
        FROM (
          ${fresh(sql, query)}
          UNION ALL
          ${rested(sql, query)}
        ) AS pending
      ) AS job
      ORDER BY job.place > 1, job.priority, job.sequence
      LIMIT ${limit}
    ),
    head AS (
      SELECT runner_job.id, candidate.priority, candidate.sequence
      FROM candidate JOIN runner_connector.runner_job ON runner_job.id = candidate.id
      WHERE ${isFor(sql, "runner_job", query)}
      ORDER BY candidate.priority, candidate.sequence
      LIMIT 1
      FOR UPDATE OF runner_job ${sql.literal(query.kept === true ? "" : "SKIP LOCKED")}
    ),
    kept AS (
      UPDATE runner_connector.runner_job
      SET kept_until = ${iso(until)},
        kept_for = array_append(kept_for[greatest(1, cardinality(kept_for) - ${MAX_REMEMBERED - 2}):], ${runnerId}::int)
      FROM head WHERE runner_job.id = head.id AND NOT (${runnerId}::int = ANY (runner_job.kept_for))
      RETURNING runner_job.id
    )
    SELECT ${sql.literal(jobRows.columns)}, head.id IS NULL AS missed
    FROM candidate
    JOIN runner_connector.runner_job job ON job.id = candidate.id
    LEFT JOIN head ON true
    WHERE head.id IS NULL OR (candidate.priority, candidate.sequence) >= (head.priority, head.sequence)
    ORDER BY candidate.priority, candidate.sequence`
}

/** Reads at most 1000 entries of the index of pending jobs for each type. */
export const selectAvailable = (
  sql: Sql,
  { at, types }: { readonly types: ReadonlyArray<string>; readonly at: JobQueue.ClaimQuery["at"] }
): Statement<object> =>
  sql`SELECT wanted.type, job.requirements, count(*)::int AS jobs,
      min(greatest(job.updated_at, job.not_before)) AS since
    FROM unnest(${Arr.dedupe(types)}::text[]) AS wanted (type)
    CROSS JOIN LATERAL (
      (
        SELECT found.* FROM runner_connector.queue_floor level
        CROSS JOIN LATERAL (
          SELECT requirements, updated_at, not_before FROM runner_connector.runner_job
          WHERE state = 'Pending' AND type = wanted.type AND priority = level.priority AND sequence >= level.floor
            AND not_before IS NULL AND (kept_until IS NULL OR kept_until <= ${iso(at)})
          ORDER BY sequence
          LIMIT ${MAX_COUNTED}
        ) AS found
        WHERE level.type = wanted.type
        LIMIT ${MAX_COUNTED}
      )
      UNION ALL
      (
        SELECT requirements, updated_at, not_before FROM runner_connector.runner_job
        WHERE state = 'Pending' AND type = wanted.type AND not_before <= ${iso(at)}
          AND (kept_until IS NULL OR kept_until <= ${iso(at)})
        LIMIT ${MAX_COUNTED}
      )
      LIMIT ${MAX_COUNTED}
    ) AS job
    GROUP BY wanted.type, job.requirements`
