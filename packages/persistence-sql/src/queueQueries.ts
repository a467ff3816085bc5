import type { Fragment, Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import type { JobQueue } from "@runner-connector/core"
import { Array as Arr, DateTime } from "effect"
import { type Full, namesOf } from "./claimQuery.ts"
import { jobRows } from "./rows.ts"

type Sql = PgClient.PgClient

/** The most jobs of a kind that are counted, and the most resting ones of a type. */
const MAX_COUNTED = 1000

type Query = Parameters<JobQueue.JobQueue["Type"]["available"]>[0]

/** Whether no runner was shown the job just now. */
const isShown = (sql: Sql, at: JobQueue.ClaimQuery["at"]): Fragment =>
  sql`(kept_until IS NULL OR kept_until <= ${DateTime.formatIso(at)})`

/** Rows of this table whose tenant and labels are below their limits. */
const notFull = (sql: Sql, table: string, { labels, tenants }: Full<Fragment>): Fragment => {
  const column = (name: string) => sql.literal(`${table}.${name}`)
  return sql.and([
    sql`coalesce(${column("tenant")}, '') <> ALL (${tenants})`,
    sql`NOT ${column("labels")} ?| ${labels}`
  ])
}

/** Tenants and labels at their limits. */
const fullIn = (sql: Sql, query: Query): Full<Fragment> => {
  const { labels, tenants } = namesOf(query)
  return { labels: sql`${labels}::text[]`, tenants: sql`${tenants}::text[]` }
}

/** Jobs of all lanes, at most 1000 of a kind. */
const freshOfKinds = (sql: Sql, query: Query, types: ReadonlyArray<string>): Fragment =>
  sql`SELECT kind.type, kind.requirements, kind.labels, job.since
    FROM (
      SELECT type, requirements, labels, array_agg(lane) AS lanes, array_agg(floor) AS floors
      FROM (
        SELECT lane, type, requirements, labels, min(floor) AS floor FROM runner_connector.queue_lane
        WHERE ${sql.and([sql`type = ANY (${types}::text[])`, notFull(sql, "queue_lane", fullIn(sql, query))])}
        GROUP BY lane, type, requirements, labels
      ) AS lane
      GROUP BY type, requirements, labels
    ) AS kind
    CROSS JOIN LATERAL (
      SELECT found.since FROM unnest(kind.lanes, kind.floors) AS known (lane, floor)
      CROSS JOIN LATERAL (
        SELECT updated_at AS since FROM runner_connector.runner_job
        WHERE (state = 'Pending' AND not_before IS NULL) IS TRUE AND runner_job.lane = known.lane AND due >= known.floor
          AND ${isShown(sql, query.at)}
        LIMIT ${MAX_COUNTED}
      ) AS found
      LIMIT ${MAX_COUNTED}
    ) AS job`

/** Jobs whose backoff is over, at most 1000 of a type. */
const restedOfTypes = (sql: Sql, query: Query, types: ReadonlyArray<string>): Fragment =>
  sql`SELECT wanted.type, job.requirements, job.labels, job.since
    FROM unnest(${types}::text[]) AS wanted (type)
    CROSS JOIN LATERAL (
      SELECT requirements, labels, greatest(updated_at, not_before) AS since FROM runner_connector.runner_job
      WHERE ${sql.and([
        sql`state = 'Pending' AND runner_job.type = wanted.type AND not_before <= ${DateTime.formatIso(query.at)}`,
        isShown(sql, query.at),
        notFull(sql, "runner_job", fullIn(sql, query))
      ])}
      LIMIT ${MAX_COUNTED}
    ) AS job`

/** Reads at most 1000 entries of the index of pending jobs for each kind, and of the resting ones for each type. */
export const selectAvailable = (sql: Sql, query: Query): Statement<object> => {
  const types = Arr.dedupe(query.types)
  return sql`SELECT type, requirements, labels, least(count(*), ${MAX_COUNTED})::int AS jobs, min(since) AS since
    FROM (
      ${freshOfKinds(sql, query, types)}
      UNION ALL
      ${restedOfTypes(sql, query, types)}
    ) AS job
    GROUP BY type, requirements, labels`
}

/** Reads at most 100 entries of the index of pending jobs that avoid a runner. */
export const selectAvoiding = (sql: Sql): Statement<object> =>
  sql`SELECT ${sql.literal(jobRows.columns)} FROM runner_connector.runner_job job
    WHERE job.state = 'Pending' AND job.avoided <> '[]'::jsonb
    ORDER BY job.sequence LIMIT 100`
