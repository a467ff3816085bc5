import type { Fragment, Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import type { JobQueue } from "@runner-connector/core"
import { Array as Arr, DateTime, Option } from "effect"
import { jobRows } from "./rows.ts"

type Sql = PgClient.PgClient

/** The most runners that a job remembers. */
const MAX_REMEMBERED = 100

/** A tenant as text. No tenant has an empty name. */
const tenantName = Option.getOrElse(() => "")

/** Rows of this table whose tenant and labels are below their limits. */
export const notFull = (
  sql: Sql,
  table: string,
  { full }: Pick<JobQueue.ClaimQuery, "full">
): ReadonlyArray<Fragment> => {
  const { labels = [], tenants = [] } = full ?? {}
  const column = (name: string) => sql.literal(`${table}.${name}`)
  return [
    ...(tenants.length === 0
      ? []
      : [sql`coalesce(${column("tenant")}, '') <> ALL (${tenants.map(tenantName)}::text[])`]),
    ...(labels.length === 0 ? [] : [sql`NOT ${column("labels")} ?| ${labels}::text[]`])
  ]
}

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
    ...notFull(sql, table, query),
    ...(query.kept === true ? [] : [kept])
  ])
}

/** The number of jobs whose backoff is over that compete with the others at once, the longest over first. */
const MAX_RESTED = 100

/** The lanes whose jobs the runner can take, under this name of the table. */
const isOpenLane = (sql: Sql, query: JobQueue.ClaimQuery): Fragment =>
  sql.and([
    sql`lane.requirements <@ ${JSON.stringify(query.requirements)}::jsonb`,
    sql`lane.labels <@ ${JSON.stringify(query.labels)}::jsonb`,
    ...notFull(sql, "lane", query)
  ])

/** The turn of each tenant that was served lately, from 1 on. Every other tenant comes before. */
const served = (sql: Sql, { turns = [] }: JobQueue.ClaimQuery): Fragment =>
  sql`(SELECT name, turn FROM unnest(${turns.map(tenantName)}::text[]) WITH ORDINALITY AS known (name, turn)) AS served`

/**
 * The first jobs of a type that have no backoff. Lanes of tenants with the same turn form a level, whose jobs are merged in
 * their order. Reads the levels by their turn, and stops when there are enough jobs.
 */
const fresh = (sql: Sql, query: JobQueue.ClaimQuery): Fragment =>
  sql`(
    SELECT found.id, level.turn, found.due, found.sequence
    FROM (
      SELECT lane.turn, array_agg(lane.lane) AS lanes, array_agg(lane.floor) AS floors
      FROM (
        SELECT lane.lane, min(lane.floor) AS floor, coalesce(min(served.turn), 0) AS turn
        FROM runner_connector.queue_lane lane LEFT JOIN ${served(sql, query)} ON served.name = coalesce(lane.tenant, '')
        WHERE lane.type = wanted.type AND ${isOpenLane(sql, query)} GROUP BY lane.lane
      ) AS lane
      GROUP BY lane.turn ORDER BY lane.turn
    ) AS level
    CROSS JOIN LATERAL (
      SELECT job.id, job.due, job.sequence
      FROM unnest(level.lanes, level.floors) AS known (lane, floor)
      CROSS JOIN LATERAL (
        SELECT runner_job.id, runner_job.due, runner_job.sequence FROM runner_connector.runner_job
        WHERE runner_job.lane = known.lane AND runner_job.due >= known.floor
          AND (runner_job.state = 'Pending' AND runner_job.not_before IS NULL) IS TRUE
          AND CASE WHEN ${isFor(sql, "runner_job", query)} THEN true END
        ORDER BY runner_job.due, runner_job.sequence
        LIMIT ${query.limit}
      ) AS job
      ORDER BY job.due, job.sequence
      LIMIT ${query.limit}
    ) AS found
    LIMIT ${query.limit}
  )`

/** Jobs of a type whose backoff is over. They are in no lane. */
const rested = (sql: Sql, query: JobQueue.ClaimQuery): Fragment =>
  sql`(
    SELECT job.id, coalesce(served.turn, 0) AS turn, job.due, job.sequence
    FROM (
      SELECT runner_job.id, runner_job.tenant, runner_job.due, runner_job.sequence FROM runner_connector.runner_job
      WHERE runner_job.type = wanted.type AND runner_job.not_before <= ${DateTime.formatIso(query.at)} AND ${isFor(sql, "runner_job", query)}
      ORDER BY runner_job.not_before
      LIMIT ${MAX_RESTED}
    ) AS job
    LEFT JOIN ${served(sql, query)} ON served.name = coalesce(job.tenant, '')
  )`

/** The first jobs of each type, in the order of the queue: urgent types, then by the turn of their tenants. */
const candidates = (sql: Sql, query: JobQueue.ClaimQuery): Fragment =>
  sql`SELECT job.id, row_number() OVER (ORDER BY job.turn, job.due, job.sequence) AS place
    FROM (
      SELECT ranked.id, ranked.turn, ranked.due, ranked.sequence
      FROM unnest(${Arr.dedupe(query.types)}::text[]) AS wanted (type)
      CROSS JOIN LATERAL (
        SELECT pending.id, pending.due, pending.sequence,
          CASE WHEN wanted.type = ANY (${query.urgent ?? []}::text[]) THEN -1 ELSE pending.turn END AS turn,
          row_number() OVER (ORDER BY pending.turn, pending.due, pending.sequence) AS place
        FROM (
          ${fresh(sql, query)}
          UNION ALL
          ${rested(sql, query)}
        ) AS pending
      ) AS ranked
      ORDER BY ranked.place > 1, ranked.turn, ranked.due, ranked.sequence
      LIMIT ${query.limit}
    ) AS job`

/**
 * One statement. The candidates of each type come straight from the index of pending jobs, so neither finished jobs nor
 * pending ones of other types cost anything. The first candidate that no simultaneous claim has locked is kept for the
 * runner; its conditions are checked again on the locked row, which may be newer than the candidate. There the CASE hides
 * them from the planner: while a queue fills, it takes the index of pending jobs for empty, and would read all of them instead
 * of the candidates. With `kept` the first candidate is waited for, so that no job is missed. Candidates before the first one
 * belong to other claims and are not listed. Rows are `missed` when every candidate belongs to another claim.
 */
export const claimJobs = (sql: Sql, query: JobQueue.ClaimQuery): Statement<{ readonly missed: boolean }> => {
  const { runnerId, until } = query
  return sql`WITH candidate AS MATERIALIZED (${candidates(sql, query)}),
    head AS (
      SELECT runner_job.id, candidate.place
      FROM candidate JOIN runner_connector.runner_job ON runner_job.id = candidate.id
      WHERE CASE WHEN ${isFor(sql, "runner_job", query)} THEN true END
      ORDER BY candidate.place
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
    WHERE head.id IS NULL OR candidate.place >= head.place
    ORDER BY candidate.place`
}
