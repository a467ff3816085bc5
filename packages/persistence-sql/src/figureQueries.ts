import type { Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"

type Sql = PgClient.PgClient

/** Jobs of one type in one state. */
export interface JobCount {
  readonly type: string
  readonly state: string
  readonly jobs: number
}

/** Figures of the database that change with every job. */
export interface Figures {
  /** The jobs that have not ended. */
  readonly active: ReadonlyArray<JobCount>
  /** Seconds since the creation of the oldest pending job of each type. */
  readonly oldest: ReadonlyArray<{ readonly type: string; readonly seconds: number }>
  readonly runners: { readonly registered: number; readonly online: number; readonly busy: number }
  /** Seconds since the oldest event that a consumer has not processed, and the events that it gave up. */
  readonly consumers: ReadonlyArray<{ readonly name: string; readonly lag: number; readonly givenUp: number }>
  /** Connections to this database by their state in `pg_stat_activity`, of all its clients with the same user. */
  readonly connections: ReadonlyArray<{ readonly state: string; readonly count: number }>
}

/** Counts the jobs that wait and shows the age of the oldest ones. Reads the index of waiting jobs alone. */
export const selectWaiting = (sql: Sql): Statement<JobCount & { readonly seconds: number }> =>
  sql`SELECT type, state, count(*)::int AS jobs,
      greatest(0, extract(epoch FROM now() - min(created_at)))::float8 AS seconds
    FROM runner_connector.runner_job WHERE state IN ('Pending', 'WaitingForParent') GROUP BY type, state`

/** Counts the jobs that runners and servers work on. Reads the index of jobs in hand. */
export const selectInHand = (sql: Sql): Statement<JobCount> =>
  sql`SELECT type, state, count(*)::int AS jobs FROM runner_connector.runner_job
    WHERE state IN ('Processing', 'Completing')
      AND coalesce(started_at, created_at) >= (SELECT floor FROM runner_connector.lease_floor)
    GROUP BY type, state`

/** Counts the runners. There are few. */
export const selectRunners = (sql: Sql): Statement<Figures["runners"]> =>
  sql`SELECT count(*)::int AS registered, (count(*) FILTER (WHERE online))::int AS online,
      (SELECT count(DISTINCT runner_id)::int FROM runner_connector.runner_job
        WHERE state IN ('Processing', 'Completing')
          AND coalesce(started_at, created_at) >= (SELECT floor FROM runner_connector.lease_floor)) AS busy
    FROM runner_connector.runner`

/** Reads the first event after the position of each consumer. */
export const selectLag = (sql: Sql): Statement<Figures["consumers"][number]> =>
  sql`SELECT consumer.name,
      coalesce((
        SELECT greatest(0, extract(epoch FROM now() - event.recorded_at)) FROM runner_connector.event event
        WHERE (event.transaction, event.sequence) > (consumer.transaction, consumer.sequence)
        ORDER BY event.transaction, event.sequence LIMIT 1
      ), 0)::float8 AS lag,
      (SELECT count(*)::int FROM runner_connector.event_postponed postponed
        WHERE postponed.consumer = consumer.name AND postponed.given_up) AS "givenUp"
    FROM runner_connector.event_consumer consumer`

/** Counts the connections to this database. */
export const selectConnections = (sql: Sql): Statement<Figures["connections"][number]> =>
  sql`SELECT coalesce(state, 'other') AS state, count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND backend_type = 'client backend'
    GROUP BY 1`

/** Counts the jobs that have ended. Reads the whole table. */
export const selectInactive = (sql: Sql): Statement<JobCount> =>
  sql`SELECT type, state, count(*)::int AS jobs FROM runner_connector.runner_job
    WHERE state NOT IN ('Pending', 'WaitingForParent', 'Processing', 'Completing') GROUP BY type, state`
