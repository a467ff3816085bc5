import type { Fragment, Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import type { JobQueue } from "@runner-connector/core"
import { Array as Arr, DateTime } from "effect"
import { jobRows } from "./rows.ts"

type Sql = PgClient.PgClient

/** The most jobs of a kind that are counted, and the most resting ones of a type. */
const MAX_COUNTED = 1000

/** The most runners that a job remembers. */
const MAX_REMEMBERED = 100

/** Jobs that the runner may see, in a table of this name. The last element of `kept_for` is the runner of `kept_until`. */
const isFor = (sql: Sql, table: string, query: JobQueue.ClaimQuery): Fragment => {
  const column = (name: string) => sql.literal(`${table}.${name}`)
  const kept = sql`(${column("kept_until")} IS NULL OR ${column("kept_until")} <= ${DateTime.formatIso(query.at)}
    OR ${column("kept_for")}[cardinality(${column("kept_for")})] = ${query.runnerId})`
  return sql.and([
    sql`${column("state")} = 'Pending'`,
    sql`(${column("not_before")} IS NULL OR ${column("not_before")} <= ${DateTime.formatIso(query.at)})`,
    sql`${column("requirements")} <@ ${JSON.stringify(query.requirements)}::jsonb`,
    sql`NOT ${column("avoided")} @> ${String(query.runnerId)}::jsonb`,
    sql`${column("labels")} <@ ${JSON.stringify(query.labels)}::jsonb`,
    ...(query.except === undefined || query.except.length === 0
      ? []
      : [sql`${column("id")} <> ALL (${query.except}::uuid[])`]),
    ...(query.kept === true ? [] : [kept])
  ])
}

/** The number of jobs whose backoff is over that compete with the others at once, the longest over first. */
const MAX_RESTED = 100

/** The lanes whose jobs the runner can take, under this name of the table. */
const isOpenLane = (sql: Sql, { labels, requirements }: JobQueue.ClaimQuery): Fragment =>
  sql`lane.requirements <@ ${JSON.stringify(requirements)}::jsonb AND lane.labels <@ ${JSON.stringify(labels)}::jsonb`

/**
 * The first jobs of a type that have no backoff. Reads the head of each lane that the runner can take. Lanes of the same
 * priority form a level, whose jobs are merged by age. Reads the levels in their order, and stops when there are enough
 * jobs.
 */
const fresh = (sql: Sql, query: JobQueue.ClaimQuery): Fragment =>
  sql`(
    SELECT found.id, found.priority, found.sequence
    FROM (
      SELECT lane.priority, array_agg(lane.lane) AS lanes, array_agg(head.sequence) AS heads
      FROM (
        SELECT lane.lane, lane.priority, min(lane.floor) AS floor FROM runner_connector.queue_lane lane
        WHERE lane.type = wanted.type AND ${isOpenLane(sql, query)} GROUP BY lane.lane, lane.priority
      ) AS lane
      CROSS JOIN LATERAL (
        SELECT runner_job.sequence FROM runner_connector.runner_job
        WHERE runner_job.lane = lane.lane AND runner_job.state = 'Pending' AND runner_job.not_before IS NULL
          AND runner_job.sequence >= lane.floor
        ORDER BY runner_job.sequence LIMIT 1
      ) AS head
      GROUP BY lane.priority ORDER BY lane.priority
    ) AS level
    CROSS JOIN LATERAL (
      SELECT job.id, level.priority, job.sequence
      FROM unnest(level.lanes, level.heads) AS known (lane, head)
      CROSS JOIN LATERAL (
        SELECT runner_job.id, runner_job.sequence FROM runner_connector.runner_job
        WHERE runner_job.lane = known.lane AND runner_job.sequence >= known.head AND runner_job.not_before IS NULL
          AND ${isFor(sql, "runner_job", query)}
        ORDER BY runner_job.sequence
        LIMIT ${query.limit}
      ) AS job
      ORDER BY job.sequence
      LIMIT ${query.limit}
    ) AS found
    LIMIT ${query.limit}
  )`

/** Jobs of a type whose backoff is over. They are in no lane. */
const rested = (sql: Sql, query: JobQueue.ClaimQuery): Fragment =>
  sql`(
    SELECT runner_job.id, runner_job.priority, runner_job.sequence FROM runner_connector.runner_job
    WHERE runner_job.type = wanted.type AND runner_job.not_before <= ${DateTime.formatIso(query.at)} AND ${isFor(sql, "runner_job", query)}
    ORDER BY runner_job.not_before
    LIMIT ${MAX_RESTED}
  )`

/**
 * One statement. The candidates of each type come straight from the index of pending jobs, so neither finished jobs nor
 * pending ones of other types cost anything. The first candidate that no simultaneous claim has locked is kept for the
 * runner; its conditions are checked again on the locked row, which may be newer than the candidate. There the CASE hides
 * them from the planner: while a queue fills, it takes the index of pending jobs for empty, and would read all of them instead
 * of the candidates. With `kept` the first candidate is waited for, so that no job is missed. Candidates before the first one belong to other claims and are not listed. Rows are
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
      WHERE CASE WHEN ${isFor(sql, "runner_job", query)} THEN true END
      ORDER BY candidate.priority, candidate.sequence
      LIMIT 1
      FOR UPDATE OF runner_job ${sql.literal(query.kept === true ? "" : "SKIP LOCKED")}
    ),
    kept AS (
      UPDATE runner_connector.runner_job
      SET kept_until = ${DateTime.formatIso(until)},
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

/** Whether no runner was shown the job just now. */
const isShown = (sql: Sql, at: JobQueue.ClaimQuery["at"]): Fragment =>
  sql`(kept_until IS NULL OR kept_until <= ${DateTime.formatIso(at)})`

/** Jobs of all lanes, at most 1000 of a kind. */
const freshOfKinds = (sql: Sql, types: ReadonlyArray<string>, at: JobQueue.ClaimQuery["at"]): Fragment =>
  sql`SELECT kind.type, kind.requirements, kind.labels, job.since
    FROM (
      SELECT type, requirements, labels, array_agg(lane) AS lanes, array_agg(floor) AS floors
      FROM (
        SELECT lane, type, requirements, labels, min(floor) AS floor FROM runner_connector.queue_lane
        WHERE type = ANY (${types}::text[]) GROUP BY lane, type, requirements, labels
      ) AS lane
      GROUP BY type, requirements, labels
    ) AS kind
    CROSS JOIN LATERAL (
      SELECT found.since FROM unnest(kind.lanes, kind.floors) AS known (lane, floor)
      CROSS JOIN LATERAL (
        SELECT updated_at AS since FROM runner_connector.runner_job
        WHERE state = 'Pending' AND not_before IS NULL AND runner_job.lane = known.lane AND sequence >= known.floor
          AND ${isShown(sql, at)}
        LIMIT ${MAX_COUNTED}
      ) AS found
      LIMIT ${MAX_COUNTED}
    ) AS job`

/** Jobs whose backoff is over, at most 1000 of a type. */
const restedOfTypes = (sql: Sql, types: ReadonlyArray<string>, at: JobQueue.ClaimQuery["at"]): Fragment =>
  sql`SELECT wanted.type, job.requirements, job.labels, job.since
    FROM unnest(${types}::text[]) AS wanted (type)
    CROSS JOIN LATERAL (
      SELECT requirements, labels, greatest(updated_at, not_before) AS since FROM runner_connector.runner_job
      WHERE state = 'Pending' AND runner_job.type = wanted.type AND not_before <= ${DateTime.formatIso(at)} AND ${isShown(sql, at)}
      LIMIT ${MAX_COUNTED}
    ) AS job`

/** Reads at most 1000 entries of the index of pending jobs for each kind, and of the resting ones for each type. */
export const selectAvailable = (
  sql: Sql,
  query: { readonly types: ReadonlyArray<string>; readonly at: JobQueue.ClaimQuery["at"] }
): Statement<object> => {
  const types = Arr.dedupe(query.types)
  return sql`SELECT type, requirements, labels, least(count(*), ${MAX_COUNTED})::int AS jobs, min(since) AS since
    FROM (
      ${freshOfKinds(sql, types, query.at)}
      UNION ALL
      ${restedOfTypes(sql, types, query.at)}
    ) AS job
    GROUP BY type, requirements, labels`
}

/** Reads at most 100 entries of the index of pending jobs that avoid a runner. */
export const selectAvoiding = (sql: Sql): Statement<object> =>
  sql`SELECT ${sql.literal(jobRows.columns)} FROM runner_connector.runner_job job
    WHERE job.state = 'Pending' AND job.avoided <> '[]'::jsonb
    ORDER BY job.sequence LIMIT 100`
