import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment, Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import { type Ids, Runner, type RunnerStore, runnerEvent } from "@runner-connector/core"
import { DateTime, Effect, Schema } from "effect"
import { insertEvents } from "./eventQueries.ts"
import { RowError } from "./persist.ts"

/** The text after ORDER BY, for a table of this name. */
export const orderOf = (
  sql: PgClient.PgClient,
  table: "runner" | "token",
  { sort }: RunnerStore.SortedPageRequest
): Fragment =>
  sql.literal(
    sort === undefined ? `${table}.id DESC` : `${table}.created_at ${sort.descending ? "DESC" : "ASC"}, ${table}.id`
  )

/** The condition of a list of runners. */
export const matches = (sql: PgClient.PgClient, { id, online, states, text }: RunnerStore.RunnerFilter): Fragment =>
  sql.and([
    ...(id === undefined ? [] : [sql`runner.id = ${id}`]),
    ...(states === undefined ? [] : [sql`runner.state = ANY (${states})`]),
    ...(online === undefined ? [] : [sql`runner.online = ${online}`]),
    ...(text === undefined ? [] : [sql`strpos(lower(runner.name), lower(${text})) > 0`])
  ])

/**
 * Takes the runners from their jobs, whose revisions grow. Returns the jobs that the runners were processing. Call it
 * in a transaction that holds the rows of the runners, so that no job can be given to them meanwhile. Locks jobs in the
 * order of their ids, as every other statement does.
 */
export const detachJobs = (
  sql: PgClient.PgClient,
  runnerIds: ReadonlyArray<number>
): Effect.Effect<ReadonlyArray<Ids.JobId>, SqlError> =>
  Effect.map(
    sql<{ readonly id: Ids.JobId; readonly state: string }>`UPDATE runner_connector.runner_job
    SET runner_id = NULL, revision = revision + 1
    WHERE id IN (
      SELECT id FROM runner_connector.runner_job WHERE runner_id = ANY (${runnerIds}::integer[])
      ORDER BY id FOR UPDATE
    )
    RETURNING id, state`,
    (rows) => rows.filter(({ state }) => state === "Processing").map(({ id }) => id)
  )

/** A runner in an event. */
export interface Named {
  readonly id: Ids.RunnerId
  readonly name: string
}

/** Adds the events of removed runners, in a transaction of the caller. */
export const insertRemovals = (
  sql: PgClient.PgClient,
  runners: ReadonlyArray<Named>
): Effect.Effect<void, SqlError | RowError> =>
  Effect.flatMap(DateTime.now, (now) =>
    insertEvents(
      sql,
      runners.map((runner) => runnerEvent("runner.removed", runner, now))
    )
  )

/** The runners with these ids, or all of them. Only jobs in hand are counted, so finished ones cost nothing. */
export const selectWorkloads = (sql: PgClient.PgClient, ids?: ReadonlyArray<number>): Statement<object> =>
  sql`SELECT runner.id, runner.version, runner.job_types AS "jobTypes", runner.labels, runner.state, runner.health,
      runner.online, runner.online_since AS "onlineSince", runner.last_contact AS "lastContact", coalesce(load.processing, 0)::int AS processing
    FROM runner_connector.runner runner
    LEFT JOIN (
      SELECT job.runner_id, count(*) AS processing FROM runner_connector.runner_job job
      WHERE job.state = 'Processing' AND job.state IN ('Processing', 'Completing')
        AND coalesce(job.started_at, job.created_at) >= (SELECT floor FROM runner_connector.lease_floor)
      GROUP BY job.runner_id
    ) AS load ON load.runner_id = runner.id
    ${ids === undefined ? sql.literal("") : sql`WHERE runner.id = ANY (${ids}::integer[])`}`

const { health, id, jobTypes, labels, lastContact, state, version } = Runner.Runner.fields

const decode = Schema.decodeUnknown(
  Schema.Array(
    Schema.Struct({
      id,
      version,
      jobTypes,
      labels,
      state,
      health,
      online: Schema.Boolean,
      onlineSince: Schema.OptionFromNullOr(Schema.DateTimeUtcFromDate),
      lastContact,
      processing: Schema.Int
    })
  )
)

/** The rows of `selectWorkloads`. */
export const decodeWorkloads = (
  rows: ReadonlyArray<object>
): Effect.Effect<ReadonlyArray<RunnerStore.RunnerWorkload>, RowError> =>
  Effect.mapError(decode(rows), (cause) => new RowError({ cause }))
