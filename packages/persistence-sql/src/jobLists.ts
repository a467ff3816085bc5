import type { Fragment, Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import { type JobStore, RunnerJob } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { RowError } from "./persist.ts"
import { jobRows } from "./rows.ts"

type Sql = PgClient.PgClient

const states = RunnerJob.JobState.literals.map((state) => `'${state}'`).join(", ")

const columns: Readonly<Record<JobStore.JobColumn, string>> = {
  createdAt: "job.created_at",
  updatedAt: "job.updated_at",
  priority: "job.priority",
  state: `array_position(ARRAY[${states}], job.state)`,
  progress: "job.progress"
}

const orderOf = (sql: Sql, { sort }: JobStore.JobFilter): Fragment =>
  sql.literal(
    sort === undefined
      ? "job.sequence DESC"
      : `${columns[sort.by]} ${sort.descending ? "DESC" : "ASC"} NULLS LAST, job.sequence`
  )

const filterOf = (sql: Sql, { id, runnerId, states, text, types, videoId }: JobStore.JobFilter): Fragment =>
  sql.and([
    ...(id === undefined ? [] : [sql`job.id = ${id}`]),
    ...(states === undefined ? [] : [sql`job.state = ANY (${states})`]),
    ...(types === undefined ? [] : [sql`job.type = ANY (${types})`]),
    ...(runnerId === undefined ? [] : [sql`job.runner_id = ${runnerId}`]),
    ...(videoId === undefined ? [] : [sql`job.video_id = ${videoId}`]),
    ...(text === undefined
      ? []
      : [
          sql`(strpos(lower(job.type), lower(${text})) > 0 OR job.runner_id IN (
            SELECT id FROM runner_connector.runner WHERE strpos(lower(name), lower(${text})) > 0
          ))`
        ])
  ])

/** Only ids are sorted: whole rows, with their payloads, would not fit into the memory that a sort may use. */
export const selectPage = (sql: Sql, filter: JobStore.JobFilter): Statement<object> =>
  sql`SELECT ${sql.literal(jobRows.columns)},
      CASE WHEN parent.id IS NOT NULL THEN json_build_object(
        'number', parent.sequence, 'id', parent.id, 'type', parent.type, 'state', parent.state
      ) END AS parent
    FROM (
      SELECT job.id FROM runner_connector.runner_job job
      WHERE ${filterOf(sql, filter)}
      ORDER BY ${orderOf(sql, filter)}
      OFFSET ${filter.start} LIMIT ${filter.count}
    ) AS page
    JOIN runner_connector.runner_job job ON job.id = page.id
    LEFT JOIN runner_connector.runner_job parent ON parent.id = job.parent_id
    ORDER BY ${orderOf(sql, filter)}`

export const countPage = (sql: Sql, filter: JobStore.JobFilter): Statement<{ readonly total: number }> =>
  sql`SELECT count(*)::int AS total FROM runner_connector.runner_job job WHERE ${filterOf(sql, filter)}`

const { id, state, type } = RunnerJob.RunnerJob.fields

const decode = Schema.decodeUnknown(
  Schema.Array(
    Schema.Struct({
      ...RunnerJob.RunnerJob.fields,
      parent: Schema.OptionFromNullOr(Schema.Struct({ number: Schema.Int, id, type, state }))
    })
  )
)

/** The rows of a page as jobs, each with the job that it waits for. */
export const decodePage = (rows: ReadonlyArray<object>): Effect.Effect<ReadonlyArray<JobStore.ListedJob>, RowError> =>
  Effect.mapError(decode(rows), (cause) => new RowError({ cause }))
