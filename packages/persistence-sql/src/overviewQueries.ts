import type { Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import { OverviewStore } from "@runner-connector/core"
import { DateTime, Duration } from "effect"

type Sql = PgClient.PgClient

const HOUR_MILLIS = 3_600_000

/** The first entry of a state and a type. Walks from type to type, so it reads one entry of each. */
const types = (sql: Sql, state: "Pending" | "WaitingForParent") => sql`
  SELECT ${state}::text AS state, first.type, first.created_at, first.id, first.sequence FROM (
    WITH RECURSIVE kind AS (
      (SELECT job.type FROM runner_connector.runner_job job
        WHERE job.state = ${sql.literal(`'${state}'`)} ORDER BY job.type LIMIT 1)
      UNION ALL
      SELECT (SELECT job.type FROM runner_connector.runner_job job
        WHERE job.state = ${sql.literal(`'${state}'`)} AND job.type > kind.type ORDER BY job.type LIMIT 1)
      FROM kind WHERE kind.type IS NOT NULL
    )
    SELECT type FROM kind WHERE type IS NOT NULL
  ) AS kind
  CROSS JOIN LATERAL (
    SELECT job.type, job.created_at, job.id, job.sequence FROM runner_connector.runner_job job
    WHERE job.state = ${sql.literal(`'${state}'`)} AND job.type = kind.type
    ORDER BY job.created_at, job.sequence LIMIT 1
  ) AS first`

/** The figures of open jobs by type. Waiting and pending jobs are counted up to a limit, jobs in hand by the index of leases. */
export const selectQueue = (sql: Sql): Statement<object> =>
  sql`SELECT type, sum(pending)::int AS pending, sum(processing)::int AS processing, sum(waiting)::int AS waiting,
      min("oldestPendingAt") AS "oldestPendingAt"
    FROM (
      SELECT waiting.type,
        CASE WHEN waiting.state = 'Pending' THEN counted.jobs ELSE 0 END AS pending,
        0 AS processing,
        CASE WHEN waiting.state = 'Pending' THEN 0 ELSE counted.jobs END AS waiting,
        CASE WHEN waiting.state = 'Pending' THEN waiting.created_at END AS "oldestPendingAt"
      FROM (${types(sql, "Pending")} UNION ALL ${types(sql, "WaitingForParent")}) AS waiting
      CROSS JOIN LATERAL (
        SELECT count(*)::int AS jobs FROM (
          SELECT FROM runner_connector.runner_job job
          WHERE job.state = waiting.state AND job.state IN ('Pending', 'WaitingForParent') AND job.type = waiting.type
          LIMIT ${OverviewStore.MAX_COUNTED_WAITING}
        ) AS one
      ) AS counted
      UNION ALL
      SELECT job.type, 0, count(*), 0, NULL
      FROM runner_connector.runner_job job
      WHERE job.state IN ('Processing', 'Completing')
        AND coalesce(job.started_at, job.created_at) >= (SELECT floor FROM runner_connector.lease_floor)
      GROUP BY job.type
    ) AS part
    GROUP BY type ORDER BY type COLLATE "C"`

/** The pending job that was created first. */
export const selectOldestPending = (sql: Sql): Statement<object> =>
  sql`SELECT first.id, first.type, first.created_at AS "createdAt" FROM (${types(sql, "Pending")}) AS first
    ORDER BY first.created_at, first.sequence LIMIT 1`

/** Whether the intervals consist of whole hours, which may have been counted before. */
const isHourly = (since: DateTime.Utc, interval: Duration.Duration): boolean =>
  DateTime.toEpochMillis(since) % HOUR_MILLIS === 0 && Duration.toMillis(interval) % HOUR_MILLIS === 0

/**
 * The ended jobs by interval. Walks from one interval, or hour, with jobs to the next one, and counts its part of the index.
 * That takes a third of the time of grouping all entries.
 */
export const selectEnded = (
  sql: Sql,
  { interval, since }: { readonly since: DateTime.Utc; readonly interval: Duration.Duration }
): Statement<object> => {
  const [begin, hourly] = [sql`${DateTime.formatIso(since)}::timestamptz`, isHourly(since, interval)]
  const step = sql`make_interval(secs => ${(hourly ? HOUR_MILLIS : Duration.toMillis(interval)) / 1000}::float8)`
  return sql`WITH RECURSIVE part (at) AS (
      (SELECT date_bin(${step}, job.finished_at, ${begin}) FROM runner_connector.runner_job job
        WHERE job.finished_at >= ${begin} ORDER BY job.finished_at LIMIT 1)
      UNION ALL
      SELECT date_bin(${step}, next.finished_at, ${begin}) FROM part CROSS JOIN LATERAL (
        SELECT job.finished_at FROM runner_connector.runner_job job
        WHERE job.finished_at >= part.at + ${step} ORDER BY job.finished_at LIMIT 1
      ) AS next
    ), counted AS (
      SELECT hour.at, hour.completed, hour.failed FROM runner_connector.ended_hour hour
      WHERE ${hourly} AND hour.at >= ${begin}
      UNION ALL
      SELECT part.at, jobs.completed, jobs.failed FROM part CROSS JOIN LATERAL (
        SELECT (count(*) FILTER (WHERE job.state = 'Completed'))::int AS completed,
          (count(*) FILTER (WHERE job.state = 'Errored'))::int AS failed
        FROM runner_connector.runner_job job WHERE job.finished_at >= part.at AND job.finished_at < part.at + ${step}
      ) AS jobs
      WHERE NOT (${hourly} AND EXISTS (SELECT FROM runner_connector.ended_hour hour WHERE hour.at = part.at))
    )
    SELECT floor(extract(epoch FROM at - ${begin}) / ${Duration.toSeconds(interval)}::float8)::int AS index,
      sum(completed)::int AS completed, sum(failed)::int AS failed
    FROM counted GROUP BY 1 HAVING sum(completed) + sum(failed) > 0 ORDER BY 1`
}

/** Counts the whole hours of the period that were not counted before. */
export const insertHours = (
  sql: Sql,
  { before, since }: { readonly since: DateTime.Utc; readonly before: DateTime.Utc }
): Statement<object> =>
  sql`INSERT INTO runner_connector.ended_hour (at, completed, failed)
    SELECT hour.at, count(*) FILTER (WHERE job.state = 'Completed'), count(*) FILTER (WHERE job.state = 'Errored')
    FROM generate_series(${DateTime.formatIso(since)}::timestamptz, ${DateTime.formatIso(before)}::timestamptz - interval '1 hour', interval '1 hour')
      AS hour (at)
    LEFT JOIN runner_connector.runner_job job
      ON job.finished_at >= hour.at AND job.finished_at < hour.at + interval '1 hour'
    WHERE NOT EXISTS (SELECT FROM runner_connector.ended_hour known WHERE known.at = hour.at)
    GROUP BY hour.at
    ON CONFLICT (at) DO NOTHING`
