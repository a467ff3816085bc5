import type { Fragment, Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import type { JobQueue } from "@runner-connector/core"
import { isFor, isOpenLane, valuesOf, type Written, writtenFor } from "./claimConditions.ts"
import { jobRows } from "./rows.ts"

type Sql = PgClient.PgClient

/** The most runners that a job remembers. */
const MAX_REMEMBERED = 100

/** The number of jobs whose backoff is over that compete with the others at once, the longest over first. */
const MAX_RESTED = 100

/** The turn of each tenant that was served lately, from 1 on. Every other tenant comes before. */
const served = (sql: Sql, { turns }: Written): Fragment =>
  sql`(SELECT name, turn FROM unnest(${turns}) WITH ORDINALITY AS known (name, turn)) AS served`

/**
 * The first jobs of a type that have no backoff. Lanes of tenants with the same turn form a level, whose jobs are merged in
 * their order. Reads the levels by their turn, and stops when there are enough jobs.
 */
const fresh = (sql: Sql, written: Written): Fragment =>
  sql`(
    SELECT found.id, level.turn, found.due, found.sequence
    FROM (
      SELECT lane.turn, array_agg(lane.lane) AS lanes, array_agg(lane.floor) AS floors
      FROM (
        SELECT lane.lane, min(lane.floor) AS floor, coalesce(min(served.turn), 0) AS turn
        FROM runner_connector.queue_lane lane LEFT JOIN ${served(sql, written)} ON served.name = coalesce(lane.tenant, '')
        WHERE lane.type = wanted.type AND ${isOpenLane(sql, written)} GROUP BY lane.lane
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
          AND CASE WHEN ${isFor(sql, "runner_job", written)} THEN true END
        ORDER BY runner_job.due, runner_job.sequence
        LIMIT ${written.limit}
      ) AS job
      ORDER BY job.due, job.sequence
      LIMIT ${written.limit}
    ) AS found
    LIMIT ${written.limit}
  )`

/** Jobs of a type whose backoff is over. They are in no lane. */
const rested = (sql: Sql, written: Written): Fragment =>
  sql`(
    SELECT job.id, coalesce(served.turn, 0) AS turn, job.due, job.sequence
    FROM (
      SELECT runner_job.id, runner_job.tenant, runner_job.due, runner_job.sequence FROM runner_connector.runner_job
      WHERE runner_job.type = wanted.type AND runner_job.not_before <= ${written.at} AND ${isFor(sql, "runner_job", written)}
      ORDER BY runner_job.not_before
      LIMIT ${sql.literal(String(MAX_RESTED))}
    ) AS job
    LEFT JOIN ${served(sql, written)} ON served.name = coalesce(job.tenant, '')
  )`

/** The first jobs of each type, in the order of the queue: urgent types, then by the turn of their tenants. */
const candidates = (sql: Sql, written: Written): Fragment =>
  sql`SELECT job.id, row_number() OVER (ORDER BY job.turn, job.due, job.sequence) AS place
    FROM (
      SELECT ranked.id, ranked.turn, ranked.due, ranked.sequence
      FROM unnest(${written.types}) AS wanted (type)
      CROSS JOIN LATERAL (
        SELECT pending.id, pending.due, pending.sequence,
          CASE WHEN wanted.type = ANY (${written.urgent}) THEN -1 ELSE pending.turn END AS turn,
          row_number() OVER (ORDER BY pending.turn, pending.due, pending.sequence) AS place
        FROM (
          ${fresh(sql, written)}
          UNION ALL
          ${rested(sql, written)}
        ) AS pending
      ) AS ranked
      ORDER BY ranked.place > 1, ranked.turn, ranked.due, ranked.sequence
      LIMIT ${written.limit}
    ) AS job`

/**
 * One statement. The candidates of each type come straight from the index of pending jobs, so neither finished jobs nor
 * pending ones of other types cost anything. The first candidate that no simultaneous claim has locked is kept for the
 * runner; its conditions are checked again on the locked row, which may be newer than the candidate. There the CASE hides
 * them from the planner: while a queue fills, it takes the index of pending jobs for empty, and would read all of them instead
 * of the candidates. With `kept` the first candidate is waited for, so that no job is missed. Candidates before the first one
 * belong to other claims and are not listed. Rows are `missed` when every candidate belongs to another claim.
 */
const claim = (sql: Sql, written: Written): Fragment =>
  sql`WITH candidate AS MATERIALIZED (${candidates(sql, written)}),
    head AS (
      SELECT runner_job.id, candidate.place
      FROM candidate JOIN runner_connector.runner_job ON runner_job.id = candidate.id
      WHERE CASE WHEN ${isFor(sql, "runner_job", written)} THEN true END
      ORDER BY candidate.place
      LIMIT 1
      FOR UPDATE OF runner_job ${sql.literal(written.kept ? "" : "SKIP LOCKED")}
    ),
    kept AS (
      UPDATE runner_connector.runner_job
      SET kept_until = ${written.until},
        kept_for = array_append(
          kept_for[greatest(1, cardinality(kept_for) - ${sql.literal(String(MAX_REMEMBERED - 2))}):], ${written.runnerId})
      FROM head WHERE runner_job.id = head.id AND NOT (${written.runnerId} = ANY (runner_job.kept_for))
      RETURNING runner_job.id
    )
    SELECT ${sql.literal(jobRows.columns)}, head.id IS NULL AS missed
    FROM candidate
    JOIN runner_connector.runner_job job ON job.id = candidate.id
    LEFT JOIN head ON true
    WHERE head.id IS NULL OR candidate.place >= head.place
    ORDER BY candidate.place`

const texts = new Map<string, string>()

/** Made once. Use cases claim with one limit, so there are few texts. */
const textFor = (sql: Sql, kept: boolean, limit: number): string => {
  const key = `${kept} ${limit}`
  const text = texts.get(key) ?? sql`${claim(sql, writtenFor(sql, kept, limit))}`.compile()[0]
  texts.set(key, text)
  return text
}

/** Lists the best pending jobs, and keeps the first of them for the runner. */
export const claimJobs = (sql: Sql, query: JobQueue.ClaimQuery): Statement<{ readonly missed: boolean }> =>
  sql.unsafe(textFor(sql, query.kept === true, query.limit), valuesOf(query))
