import type { SqlError } from "@effect/sql/SqlError"
import type { Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import { ConcurrencyLimits, JobStore, RunnerJob } from "@runner-connector/core"
import { Array as Arr, Effect, Order, Schema } from "effect"
import { RowError } from "./persist.ts"

type Sql = PgClient.PgClient
type Limits = ConcurrencyLimits.ConcurrencyLimits

/** The class of the advisory locks of limits. */
const LIMIT_LOCK = 1_846_213_077

const { labels, tenant } = RunnerJob.RunnerJob.fields

const decode = Schema.decodeUnknown(Schema.Array(Schema.Struct({ tenant, labels, jobs: Schema.Int })))

/** Reads the jobs in hand, which are never more than the runners can hold. */
export const selectRunning = (sql: Sql): Statement<object> =>
  sql`SELECT job.tenant, job.labels, count(*)::int AS jobs FROM runner_connector.runner_job job
    WHERE job.state = 'Processing' AND job.state IN ('Processing', 'Completing')
      AND coalesce(job.started_at, job.created_at) >= (SELECT floor FROM runner_connector.lease_floor)
    GROUP BY job.tenant, job.labels`

/** The jobs that runners process, by tenant and labels. */
export const running = (sql: Sql): Effect.Effect<ReadonlyArray<ConcurrencyLimits.RunningJobs>, SqlError | RowError> =>
  Effect.flatMap(selectRunning(sql), (rows) => Effect.mapError(decode(rows), (cause) => new RowError({ cause })))

/** The limits that a write could exceed, by their names, in the order in which everybody locks them. */
const lockNames = (jobs: ReadonlyArray<RunnerJob.RunnerJob>, limits: Limits): ReadonlyArray<string> => {
  const starting = jobs.filter(({ state }) => state === "Processing")
  const names = starting.flatMap((job) =>
    ConcurrencyLimits.limitsOf(job, limits).map((limit) => JSON.stringify({ ...limit, limit: undefined }))
  )
  return Arr.sort(Arr.dedupe(names), Order.string)
}

/** Whether the write needs `keepWithin`. */
export const isLimited = (jobs: ReadonlyArray<RunnerJob.RunnerJob>, limits: Limits): boolean =>
  lockNames(jobs, limits).length > 0

/**
 * Fails when a job would start beyond its limits. Call it in a transaction: writes under the same limit wait for each
 * other until its end.
 */
export const keepWithin = (
  sql: Sql,
  jobs: ReadonlyArray<RunnerJob.RunnerJob>,
  limits: Limits
): Effect.Effect<void, JobStore.JobConflict | SqlError | RowError> =>
  Effect.gen(function* () {
    const names = lockNames(jobs, limits)
    if (names.length === 0) return
    yield* sql`SELECT pg_advisory_xact_lock(${LIMIT_LOCK}, hashtext(name))
      FROM unnest(${names}::text[]) WITH ORDINALITY AS known (name, place) ORDER BY place`
    const beyond = jobs.find(ConcurrencyLimits.isBeyond(limits, yield* running(sql)))
    if (beyond !== undefined) return yield* new JobStore.JobConflict({ id: beyond.id })
  })
