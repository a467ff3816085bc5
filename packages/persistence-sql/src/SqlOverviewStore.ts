import { PgClient } from "@effect/sql-pg"
import { Ids, OverviewStore, Video } from "@runner-connector/core"
import { DateTime, Duration, Effect, Layer, Option, Schema } from "effect"
import { persist, RowError } from "./persist.ts"

type Store = OverviewStore.OverviewStore["Type"]

const decodeRows = <A, I>(schema: Schema.Schema<A, I>) => {
  const decode = Schema.decodeUnknown(Schema.Array(schema))
  return (rows: ReadonlyArray<object>) => Effect.mapError(decode(rows), (cause) => new RowError({ cause }))
}

const Moment = Schema.DateTimeUtcFromDate

const queueRows = decodeRows(
  Schema.Struct({
    type: Schema.String,
    pending: Schema.Int,
    processing: Schema.Int,
    waiting: Schema.Int,
    oldestPendingAt: Schema.OptionFromNullOr(Moment)
  })
)
const oldestRows = decodeRows(Schema.Struct({ id: Ids.JobId, type: Schema.String, createdAt: Moment }))
const runnerRows = decodeRows(Schema.Struct({ total: Schema.Int, online: Schema.Int, busy: Schema.Int }))
const videoRows = decodeRows(
  Schema.Struct({ state: Video.VideoState, count: Schema.Int, bytes: Schema.NumberFromString })
)
const endedRows = decodeRows(Schema.Struct({ index: Schema.Int, completed: Schema.Int, failed: Schema.Int }))

/** Waiting and pending jobs come from an index of their own, jobs in hand from that of leases. */
const makeQueue = (sql: PgClient.PgClient): Store["queue"] =>
  Effect.flatMap(
    sql<object>`SELECT type, sum(pending)::int AS pending, sum(processing)::int AS processing,
        sum(waiting)::int AS waiting, min("oldestPendingAt") AS "oldestPendingAt"
      FROM (
        SELECT job.type, count(*) FILTER (WHERE job.state = 'Pending') AS pending, 0 AS processing,
          count(*) FILTER (WHERE job.state = 'WaitingForParent') AS waiting,
          min(job.created_at) FILTER (WHERE job.state = 'Pending') AS "oldestPendingAt"
        FROM runner_connector.runner_job job
        WHERE job.state IN ('Pending', 'WaitingForParent')
        GROUP BY job.type
        UNION ALL
        SELECT job.type, 0, count(*), 0, NULL
        FROM runner_connector.runner_job job
        WHERE job.state IN ('Processing', 'Completing')
          AND coalesce(job.started_at, job.created_at) >= (SELECT floor FROM runner_connector.lease_floor)
        GROUP BY job.type
      ) AS part
      GROUP BY type ORDER BY type COLLATE "C"`,
    queueRows
  ).pipe(persist("OverviewStore.queue", { repeatable: true }))

const makeOldestPending = (sql: PgClient.PgClient): Store["oldestPending"] =>
  Effect.flatMap(
    sql<object>`SELECT job.id, job.type, job.created_at AS "createdAt"
      FROM runner_connector.runner_job job
      WHERE job.state = 'Pending' AND job.state IN ('Pending', 'WaitingForParent')
      ORDER BY job.created_at, job.sequence
      LIMIT 1`,
    oldestRows
  ).pipe(
    Effect.map(([oldest]) => Option.fromNullable(oldest)),
    persist("OverviewStore.oldestPending", { repeatable: true })
  )

const makeRunners = (sql: PgClient.PgClient): Store["runners"] =>
  Effect.flatMap(
    sql<object>`SELECT count(*)::int AS total, count(*) FILTER (WHERE runner.online)::int AS online,
        (SELECT count(DISTINCT job.runner_id)::int FROM runner_connector.runner_job job
          WHERE job.state = 'Processing' AND job.state IN ('Processing', 'Completing')
            AND coalesce(job.started_at, job.created_at) >= (SELECT floor FROM runner_connector.lease_floor)) AS busy
      FROM runner_connector.runner runner`,
    runnerRows
  ).pipe(
    Effect.map(([figures]) => figures ?? { total: 0, online: 0, busy: 0 }),
    persist("OverviewStore.runners", { repeatable: true })
  )

const makeVideos = (sql: PgClient.PgClient): Store["videos"] =>
  Effect.flatMap(
    sql<object>`SELECT video.state, count(*)::int AS count, coalesce(sum((
          SELECT sum((file ->> 'size')::bigint) FROM jsonb_array_elements(video.files || video.web_videos) AS file
        )), 0)::text AS bytes
      FROM runner_connector.video video
      GROUP BY video.state`,
    videoRows
  ).pipe(persist("OverviewStore.videos", { repeatable: true }))

const makeEnded =
  (sql: PgClient.PgClient): Store["ended"] =>
  ({ interval, since }) => {
    const begin = DateTime.toDateUtc(since).toISOString()
    const seconds = Duration.toSeconds(interval)
    return Effect.flatMap(
      sql<object>`SELECT
          floor(extract(epoch FROM job.finished_at - ${begin}::timestamptz) / ${seconds}::float8)::int AS index,
          count(*) FILTER (WHERE job.state = 'Completed')::int AS completed,
          count(*) FILTER (WHERE job.state = 'Errored')::int AS failed
        FROM runner_connector.runner_job job
        WHERE job.finished_at >= ${begin}::timestamptz AND job.state IN ('Completed', 'Errored')
        GROUP BY 1 ORDER BY 1`,
      endedRows
    ).pipe(
      Effect.map((rows) =>
        rows.map(({ index, ...figures }) => ({
          at: DateTime.addDuration(since, Duration.times(interval, index)),
          ...figures
        }))
      ),
      persist("OverviewStore.ended", { repeatable: true })
    )
  }

/** Figures from the tables. Does not create them. */
export const make: Effect.Effect<Store, never, PgClient.PgClient> = Effect.map(PgClient.PgClient, (client) => {
  const sql = client.withoutTransforms()
  return OverviewStore.OverviewStore.of({
    queue: makeQueue(sql),
    oldestPending: makeOldestPending(sql),
    runners: makeRunners(sql),
    videos: makeVideos(sql),
    ended: makeEnded(sql)
  })
})

/** The figures alone, on existing tables. */
export const layer: Layer.Layer<OverviewStore.OverviewStore, never, PgClient.PgClient> = Layer.effect(
  OverviewStore.OverviewStore,
  make
)
