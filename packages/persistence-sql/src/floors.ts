import type { SqlError } from "@effect/sql/SqlError"
import type { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { FLOOR_LOCK } from "./floorLock.ts"

/**
 * A floor rises by at least so many jobs. Each claim passes half of that in vain on average. Each change of a floor leaves a
 * row that every claim passes as well while a long transaction is open, so the step grows with the pages of these rows.
 */
const STEP = 64
const STEP_PER_PAGE = 16

/** The same for the floor of leases. */
const LEASE_STEP = "10 seconds"

const raiseQueueFloors = (sql: PgClient.PgClient) => sql`UPDATE runner_connector.queue_floor AS level
  SET floor = head.sequence
  FROM (
    SELECT known.type, known.priority, coalesce(
      (
        SELECT job.sequence FROM runner_connector.runner_job job
        WHERE job.state = 'Pending' AND job.not_before IS NULL
          AND job.type = known.type AND job.priority = known.priority AND job.sequence >= known.floor
        ORDER BY job.sequence LIMIT 1
      ),
      (SELECT max(sequence) + 1 FROM runner_connector.runner_job)
    ) AS sequence
    FROM runner_connector.queue_floor known
  ) AS head
  WHERE level.type = head.type AND level.priority = head.priority AND head.sequence > level.floor + ${STEP}
    + ${STEP_PER_PAGE} * (pg_relation_size('runner_connector.queue_floor') / current_setting('block_size')::integer)`

/** The oldest job in hand of one state. */
const oldest = (sql: PgClient.PgClient, state: string) => sql`(
    SELECT coalesce(job.started_at, job.created_at) FROM runner_connector.runner_job job
    WHERE job.state = ${state} AND job.state IN ('Processing', 'Completing')
      AND coalesce(job.started_at, job.created_at) >= lease_floor.floor
    ORDER BY coalesce(job.started_at, job.created_at) LIMIT 1
  )`

const raiseLeaseFloor = (sql: PgClient.PgClient) => sql`UPDATE runner_connector.lease_floor AS lease
  SET floor = head.since
  FROM (
    SELECT coalesce(least(${oldest(sql, "Processing")}, ${oldest(sql, "Completing")}), clock_timestamp()) AS since
    FROM runner_connector.lease_floor
  ) AS head
  WHERE head.since > lease.floor + ${LEASE_STEP}::interval`

/**
 * Raises the floors to the first job that is there, unless a transaction that may lower them is running: triggers lower
 * the floors under a shared lock.
 */
export const raiseFloors = (sql: PgClient.PgClient): Effect.Effect<void, SqlError> =>
  Effect.gen(function* () {
    const [lock] = yield* sql<{ readonly taken: boolean }>`SELECT pg_try_advisory_xact_lock(${FLOOR_LOCK}) AS taken`
    if (lock?.taken !== true) return
    yield* raiseQueueFloors(sql)
    yield* raiseLeaseFloor(sql)
  }).pipe(sql.withTransaction)
