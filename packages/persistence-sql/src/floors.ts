import type { SqlError } from "@effect/sql/SqlError"
import type { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { FLOOR_LOCK } from "./floorLock.ts"

/**
 * A floor rises by at least this many milliseconds. On average, each claim passes the jobs of half of that time without
 * effect. Each change of a floor leaves a row that every claim passes as well while a long transaction is open, so the
 * step grows with the pages of these rows.
 */
const STEP = 100
const STEP_PER_PAGE = 25

/** The same for the floor of leases. */
const LEASE_STEP = "10 seconds"

/** The first job of a lane from its floor on, under this name of the lane. */
const headOf = (sql: PgClient.PgClient, lane: string) => sql`(
    SELECT job.due FROM runner_connector.runner_job job
    WHERE job.lane = ${sql.literal(lane)}.lane AND (job.state = 'Pending' AND job.not_before IS NULL) IS TRUE
      AND job.due >= ${sql.literal(lane)}.floor
    ORDER BY job.due LIMIT 1
  )`

/** Of several rows of a lane the one with the lowest floor stays. */
const mergeLanes = (sql: PgClient.PgClient) => sql`DELETE FROM runner_connector.queue_lane AS level
  USING runner_connector.queue_lane other
  WHERE level.lane = other.lane AND (level.floor, level.ctid) > (other.floor, other.ctid)`

const raiseLaneFloors = (sql: PgClient.PgClient) => sql`UPDATE runner_connector.queue_lane AS level
  SET floor = head.due
  FROM (SELECT known.lane, ${headOf(sql, "known")} AS due FROM runner_connector.queue_lane known) AS head
  WHERE level.lane = head.lane AND head.due > level.floor + ${STEP}
    + ${STEP_PER_PAGE} * (pg_relation_size('runner_connector.queue_lane') / current_setting('block_size')::integer)`

/** The next job of an empty lane adds it again. */
const removeEmptyLanes = (sql: PgClient.PgClient) => sql`DELETE FROM runner_connector.queue_lane AS level
  WHERE ${headOf(sql, "level")} IS NULL`

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
 * Raises the floors to the first job that is there and removes empty lanes, unless a transaction that may lower a floor is
 * running: triggers lower the floors under a shared lock.
 */
export const raiseFloors = (sql: PgClient.PgClient): Effect.Effect<void, SqlError> =>
  Effect.gen(function* () {
    const [lock] = yield* sql<{ readonly taken: boolean }>`SELECT pg_try_advisory_xact_lock(${FLOOR_LOCK}) AS taken`
    if (lock?.taken !== true) return
    yield* mergeLanes(sql)
    yield* raiseLaneFloors(sql)
    yield* removeEmptyLanes(sql)
    yield* raiseLeaseFloor(sql)
  }).pipe(sql.withTransaction)
