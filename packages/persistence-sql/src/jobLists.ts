import type { Fragment, Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import { JobStore, RunnerJob } from "@runner-connector/core"
import { Array as Arr, Effect, Schema } from "effect"
import { isBehind } from "./pageAfter.ts"
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

/** An index only gives the order of a column if nulls are where the index has them. */
const nullable: ReadonlySet<JobStore.JobColumn> = new Set(["progress"])

/** Jobs of one state come in the order of an index. */
const TIES: Partial<Readonly<Record<JobStore.JobColumn, string>>> = { state: "job.created_at DESC, job.sequence" }

const orderOf = (sql: Sql, { sort }: JobStore.JobFilter): Fragment =>
  sql.literal(
    sort === undefined
      ? "job.sequence DESC"
      : `${columns[sort.by]} ${sort.descending ? "DESC" : "ASC"}${nullable.has(sort.by) ? " NULLS LAST" : ""}, ${TIES[sort.by] ?? "job.sequence"}`
  )

/** The conditions of a filter on a table with this name. */
const conditionsOf = (
  sql: Sql,
  { id, label, renditionId, runnerId, states, text, types, videoId }: JobStore.JobFilter,
  table: "job" | "earlier"
): ReadonlyArray<Fragment> => {
  const of = (column: string) => sql.literal(`${table}.${column}`)
  return [
    ...(id === undefined ? [] : [sql`${of("id")} = ${id}`]),
    ...(renditionId === undefined ? [] : [sql`${of("rendition_id")} = ${renditionId}`]),
    ...(states === undefined ? [] : [sql`${of("state")} = ANY (${states})`]),
    ...(types === undefined ? [] : [sql`${of("type")} = ANY (${types})`]),
    ...(runnerId === undefined ? [] : [sql`${of("runner_id")} = ${runnerId}`]),
    ...(videoId === undefined ? [] : [sql`${of("video_id")} = ${videoId}`]),
    ...(label === undefined ? [] : [sql`${of("labels")} @> ${JSON.stringify([label])}::jsonb`]),
    ...(text === undefined
      ? []
      : [
          sql`(strpos(lower(${of("type")}), lower(${text})) > 0 OR ${of("runner_id")} IN (
            SELECT id FROM runner_connector.runner WHERE strpos(lower(name), lower(${text})) > 0
          ))`
        ])
  ]
}

/** Lists only the first matching chunk of a rendition, unless the filter names a job or a rendition. */
const filterOf = (sql: Sql, filter: JobStore.JobFilter): Fragment => {
  const own = conditionsOf(sql, filter, "job")
  if (filter.id !== undefined || filter.renditionId !== undefined) return sql.and(own)
  const earlier = [
    sql`earlier.rendition_id = job.rendition_id AND earlier.chunk < job.chunk`,
    ...conditionsOf(sql, filter, "earlier")
  ]
  return sql.and([
    ...own,
    sql`(job.rendition_id IS NULL OR NOT EXISTS (
      SELECT FROM runner_connector.runner_job earlier WHERE ${sql.and(earlier)}
    ))`
  ])
}

/** The progress of the rendition of a chunk, as `RenditionJobs.chunkProgress` computes it. */
const CHUNKS = `CASE WHEN job.rendition_id IS NOT NULL THEN (
    SELECT json_build_object(
      'total', count(*)::int,
      'completed', (count(*) FILTER (WHERE chunk.state = 'Completed'))::int,
      'progress', least(100, floor(0.000001 + sum(
        CASE WHEN chunk.state IN ('Processing', 'Pending', 'WaitingForParent') THEN coalesce(chunk.progress, 0) ELSE 100 END
          * coalesce((chunk.private_payload->>'share')::double precision, 0)
      )))::int
    )
    FROM runner_connector.runner_job chunk WHERE chunk.rendition_id = job.rendition_id
  ) END AS chunks`

/** The condition of the jobs on the page or behind it. */
const listed = (sql: Sql, filter: JobStore.JobFilter): Fragment =>
  sql.and([filterOf(sql, filter), isBehind(sql, { alias: "job", table: "runner_job", number: "sequence" }, filter)])

/** What the order of a page needs of a job. */
const KEYS = "job.id, job.created_at, job.updated_at, job.priority, job.state, job.progress, job.sequence"

/** The states whose jobs have an index by priority. */
const waiting: ReadonlyArray<RunnerJob.JobState> = ["Pending", "WaitingForParent"]

/** The first jobs of each of these states, in an order of an index. */
const firstOf = (
  sql: Sql,
  filter: JobStore.JobFilter,
  states: ReadonlyArray<RunnerJob.JobState>,
  { limit, order }: { readonly limit: number; readonly order: Fragment }
): Fragment => {
  // Only the order by priority needs an index of waiting jobs alone. In other orders it must not tempt the planner.
  const known = filter.sort?.by === "priority" && states.every((state) => waiting.includes(state))
  const isWaiting = sql.literal(known ? "AND job.state IN ('Pending', 'WaitingForParent')" : "")
  return sql`SELECT job.* FROM unnest(${states}::text[]) AS wanted (state)
    CROSS JOIN LATERAL (
      SELECT ${sql.literal(KEYS)} FROM runner_connector.runner_job job
      WHERE job.state = wanted.state ${isWaiting} AND ${listed(sql, filter)}
      ORDER BY ${order} LIMIT ${limit}
    ) AS job`
}

/**
 * The jobs that contain the page. By `createdAt` and by state, the first ones of each state come straight from the
 * index of its jobs, and by priority those that wait, however many jobs there are. By other columns the newest ones are
 * sorted.
 */
const candidates = (sql: Sql, filter: JobStore.JobFilter): Fragment => {
  const { count, sort, start, states = RunnerJob.JobState.literals } = filter
  const wanted = Arr.dedupe(states)
  const page = { limit: start + count, order: orderOf(sql, filter) }
  const newest = { limit: JobStore.MAX_SORTED_JOBS, order: sql.literal("job.created_at DESC, job.sequence") }
  switch (sort?.by) {
    case "createdAt":
      return firstOf(sql, filter, wanted, page)
    case "state":
      return firstOf(sql, filter, wanted, { ...newest, limit: page.limit })
    case "priority": {
      const [others, first] = Arr.partition(wanted, (state) => waiting.includes(state))
      return sql`${firstOf(sql, filter, first, page)} UNION ALL ${firstOf(sql, filter, others, newest)}`
    }
    default:
      return firstOf(sql, filter, wanted, newest)
  }
}

const idsOfPage = (sql: Sql, filter: JobStore.JobFilter): Fragment => {
  const { count, sort, start } = filter
  const from =
    sort === undefined
      ? sql`runner_connector.runner_job job WHERE ${listed(sql, filter)}`
      : sql`(${candidates(sql, filter)}) AS job`
  return sql`SELECT job.id FROM ${from} ORDER BY ${orderOf(sql, filter)} OFFSET ${start} LIMIT ${count}`
}

/** Only ids are sorted: whole rows, with their payloads, would not fit into the memory that a sort may use. */
export const selectPage = (sql: Sql, filter: JobStore.JobFilter): Statement<object> =>
  sql`SELECT ${sql.literal(jobRows.columns)},
      CASE WHEN parent.id IS NOT NULL THEN json_build_object(
        'number', parent.sequence, 'id', parent.id, 'type', parent.type, 'state', parent.state
      ) END AS parent,
      ${sql.literal(CHUNKS)}
    FROM (${idsOfPage(sql, filter)}) AS page
    JOIN runner_connector.runner_job job ON job.id = page.id
    LEFT JOIN runner_connector.runner_job parent ON parent.id = job.parent_id
    ORDER BY ${orderOf(sql, filter)}`

/** Counts up to one more than `most`. A count above `most` means that there are more jobs. */
export const countPage = (sql: Sql, filter: JobStore.JobFilter, most: number): Statement<{ readonly total: number }> =>
  sql`SELECT count(*)::int AS total FROM (
    SELECT FROM runner_connector.runner_job job WHERE ${filterOf(sql, filter)} LIMIT ${most + 1}
  ) AS job`

const { id, state, type } = RunnerJob.RunnerJob.fields

const decode = Schema.decodeUnknown(
  Schema.Array(
    Schema.Struct({
      ...RunnerJob.RunnerJob.fields,
      parent: Schema.OptionFromNullOr(Schema.Struct({ number: Schema.Int, id, type, state })),
      chunks: Schema.OptionFromNullOr(Schema.Struct({ total: Schema.Int, completed: Schema.Int, progress: Schema.Int }))
    })
  )
)

/** The rows of a page as jobs, each with the job that it waits for. */
export const decodePage = (rows: ReadonlyArray<object>): Effect.Effect<ReadonlyArray<JobStore.ListedJob>, RowError> =>
  Effect.mapError(decode(rows), (cause) => new RowError({ cause }))
