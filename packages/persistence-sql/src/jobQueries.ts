import type { SqlError } from "@effect/sql/SqlError"
import type { Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import { type Ids, type JobChange, JobStore, jobEvents, type RunnerJob } from "@runner-connector/core"
import { Array as Arr, DateTime, Effect, Option, Order } from "effect"
import { byIndex } from "./byIndex.ts"
import { collect } from "./collected.ts"
import { eventsByState, insertEvents, insertEventsOf } from "./eventQueries.ts"
import { isOrphan, type RowError } from "./persist.ts"
import { contactRows, encodeJob, jobRows } from "./rows.ts"

type Sql = PgClient.PgClient
type Job = RunnerJob.RunnerJob

/** A statement can have 65535 parameters. A job takes about twenty. */
const ROWS_PER_INSERT = 1000

const byId = Order.mapInput(Order.string, (job: Job): string => job.id)

/** Adds the jobs in their order, with their events, in a transaction of the caller. */
export const insertJobs = (sql: Sql, jobs: ReadonlyArray<Job>): Effect.Effect<void, SqlError | RowError> =>
  Effect.gen(function* () {
    const rows = yield* Effect.forEach(jobs, encodeJob)
    const insert = (some: typeof rows) => sql`INSERT INTO runner_connector.runner_job ${sql.insert(some)}`
    yield* Effect.forEach(Arr.chunksOf(rows, ROWS_PER_INSERT), insert, { discard: true })
    const changes = jobs.map((after) => ({ before: undefined, after }))
    yield* collect({ jobs: changes })
    const events = changes.flatMap(jobEvents)
    yield* Effect.forEach(Arr.chunksOf(events, ROWS_PER_INSERT), (some) => insertEvents(sql, some), { discard: true })
  })

/** Columns that a write leaves alone, or that the statement counts itself. */
const unwritten = new Set(["id", "created_at", "revision"])

const updateText = (columns: ReadonlyArray<string>): string => `WITH old AS (
      SELECT id, state FROM runner_connector.runner_job job WHERE id = $1 AND revision = $2 AND ${byIndex} FOR UPDATE
    ), written AS (
      UPDATE runner_connector.runner_job AS job
      SET ${columns.map((column, index) => `"${column}" = $${index + 4}`).join(", ")}, revision = job.revision + 1,
        kept_until = NULL, kept_for = '{}'
      FROM old WHERE job.id = old.id AND job.id = $1 AND job.revision = $2 AND ${byIndex}
      RETURNING old.state AS before
    ), logged AS (${insertEventsOf("$3")})
    SELECT before FROM written`

interface Written {
  readonly before: RunnerJob.JobState
}

/** Made once, because all rows have the same columns. */
let madeText: string | undefined

/**
 * One statement, which finds its row at the revision at which it was read or not at all, and adds the events of the
 * change. The state before decides which. A runner that is removed before it gets the job is a conflict, too.
 */
export const updateJob = (sql: Sql, job: Job): Effect.Effect<JobChange, JobStore.JobConflict | SqlError | RowError> =>
  Effect.gen(function* () {
    const row = yield* encodeJob(job)
    const events = yield* eventsByState(job)
    const columns = Object.keys(row).filter((column) => !unwritten.has(column))
    madeText ??= updateText(columns)
    const values = columns.map((column) => row[column])
    const conflict = new JobStore.JobConflict({ id: job.id })
    const update = sql.unsafe<Written>(madeText, [job.id, job.revision, events, ...values])
    const [written] = yield* Effect.catchIf(update, isOrphan, () => conflict)
    if (written === undefined) return yield* conflict
    const change = { before: written.before, after: job }
    yield* collect({ events: [...jobEvents(change)], jobs: [change] })
    return change
  })

/** Call it in a transaction. All statements lock rows in this order, so they cannot deadlock. */
export const updateJobs = (
  sql: Sql,
  jobs: ReadonlyArray<Job>
): Effect.Effect<ReadonlyArray<JobChange>, JobStore.JobConflict | SqlError | RowError> =>
  Effect.forEach(Arr.sort(jobs, byId), (job) => updateJob(sql, job))

/** Call it in a transaction. Locks rows in the order of all other statements. */
export const deleteJobs = (sql: Sql, jobs: ReadonlyArray<Job>): Effect.Effect<void, JobStore.JobConflict | SqlError> =>
  Effect.forEach(
    Arr.sort(jobs, byId),
    ({ id, revision }) =>
      Effect.filterOrFail(
        sql`DELETE FROM runner_connector.runner_job WHERE id = ${id} AND revision = ${revision} RETURNING id`,
        Arr.isNonEmptyReadonlyArray,
        () => new JobStore.JobConflict({ id })
      ),
    { discard: true }
  )

/**
 * Collects the ids first: a ring of parents ends where an id comes up again. PostgreSQL overestimates the size of a
 * recursive result and would read the whole table for a hash join. `OFFSET 0` makes it look each row up by its index. The
 * array keeps the estimate low in a table that was never analyzed: a high one would have the statement compiled for each run.
 */
const FAMILY = `WITH RECURSIVE family (id) AS (
      SELECT $1::uuid
      UNION
      SELECT child.id FROM family
      CROSS JOIN LATERAL unnest(ARRAY(
        SELECT job.id FROM runner_connector.runner_job job WHERE job.parent_id = family.id AND ${byIndex}
      )) AS child (id)
    )
    SELECT ${jobRows.columns}
    FROM family
    CROSS JOIN LATERAL (
      SELECT * FROM runner_connector.runner_job job WHERE job.id = family.id AND ${byIndex} OFFSET 0
    ) AS job
    ORDER BY job.id <> $1::uuid, job.sequence`

/** The job, then the jobs that wait for it. */
export const selectFamily = (sql: Sql, id: Ids.JobId): Statement<object> => sql.unsafe(FAMILY, [id])

const signs: Readonly<Record<JobStore.SignOfLife, string>> = {
  updatedAt: "job.updated_at",
  progressedAt: "job.progressed_at",
  startedAt: "job.started_at"
}

const sign = (sql: Sql, { by = "updatedAt" }: { readonly by?: JobStore.SignOfLife }) => sql.literal(signs[by])

/** Sorts what is in hand, which is never more than the runners can hold: the index may not know `updated_at`. */
export const selectSilent = (
  sql: Sql,
  query: Parameters<JobStore.JobStore["Type"]["listSilent"]>[0]
): Statement<object> =>
  sql`SELECT ${sql.literal(jobRows.columns)}
    FROM runner_connector.runner_job job
    WHERE job.state = ${query.state} AND job.state IN ('Processing', 'Completing')
      AND coalesce(job.started_at, job.created_at) >= (SELECT floor FROM runner_connector.lease_floor)
      AND ${sign(sql, query)} < ${DateTime.formatIso(query.since)}
      ${query.types === undefined ? sql.literal("") : sql`AND job.type = ANY(${query.types}::text[])`}
    ORDER BY ${sign(sql, query)}, job.sequence
    LIMIT ${query.limit ?? 100}`

export const selectOfVideo = (sql: Sql, ids: ReadonlyArray<Ids.VideoId>): Statement<object> =>
  sql`SELECT ${sql.literal(jobRows.columns)}
    FROM runner_connector.runner_job job
    WHERE job.video_id = ANY (${ids}::uuid[])
    ORDER BY job.sequence`

/**
 * The CASE keeps the planner from walking through the index of jobs in hand, which it takes for almost empty until the
 * table is analysed again: with a thousand jobs in hand that was ten times the work of finding one id. It also keeps it from
 * walking through all jobs of the runner.
 */
const BEAT = `WITH runner AS MATERIALIZED (
      SELECT id, version, job_types, last_contact FROM runner_connector.runner WHERE token_hash = $1
    )
    UPDATE runner_connector.runner_job AS job
    SET updated_at = $2::timestamptz,
      progress = CASE job.state WHEN 'Processing' THEN coalesce($3::integer, job.progress) ELSE job.progress END,
      progressed_at = CASE WHEN job.state = 'Processing' AND coalesce($3::integer, job.progress) IS DISTINCT FROM job.progress
        THEN $2::timestamptz ELSE job.progressed_at END,
      revision = job.revision + 1
    FROM runner
    WHERE job.id = $4 AND job.job_token_hash = $5
      AND CASE WHEN job.runner_id = runner.id AND job.state IN ('Processing', 'Completing') THEN true END AND ${byIndex}
    RETURNING job.state AS "jobState", ${contactRows.columns}`

/** Writes a sign of life, and returns the runner. No row when the runner does not hold the job. */
export const updateBeat = (
  sql: Sql,
  { at, id, jobTokenHash, progress, runnerTokenHash }: JobStore.Heartbeat
): Statement<{ readonly jobState: JobStore.Beat["state"] }> =>
  sql.unsafe(BEAT, [runnerTokenHash, DateTime.formatIso(at), Option.getOrNull(progress), id, jobTokenHash])
