import { PgClient } from "@effect/sql-pg"
import { Ids, OverviewStore, Video } from "@runner-connector/core"
import { DateTime, Duration, Effect, Layer, Option, Schema } from "effect"
import { insertHours, selectEnded, selectOldestPending, selectQueue } from "./overviewQueries.ts"
import { persist, RowError, repeatable } from "./persist.ts"

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

const makeQueue = (sql: PgClient.PgClient): Store["queue"] =>
  Effect.flatMap(selectQueue(sql), queueRows).pipe(persist("OverviewStore.queue", repeatable))

const makeOldestPending = (sql: PgClient.PgClient): Store["oldestPending"] =>
  Effect.flatMap(selectOldestPending(sql), oldestRows).pipe(
    Effect.map(([oldest]) => Option.fromNullable(oldest)),
    persist("OverviewStore.oldestPending", repeatable)
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
    persist("OverviewStore.runners", repeatable)
  )

/** Read from an index alone. */
const makeVideos = (sql: PgClient.PgClient): Store["videos"] =>
  Effect.flatMap(
    sql<object>`SELECT video.state, count(*)::int AS count, sum(video.stored_bytes)::text AS bytes
      FROM runner_connector.video video
      GROUP BY video.state`,
    videoRows
  ).pipe(persist("OverviewStore.videos", repeatable))

const makeEnded =
  (sql: PgClient.PgClient): Store["ended"] =>
  ({ interval, since }) =>
    Effect.flatMap(selectEnded(sql, { interval, since }), endedRows).pipe(
      Effect.map((rows) =>
        rows.map(({ index, ...figures }) => ({
          at: DateTime.addDuration(since, Duration.times(interval, index)),
          ...figures
        }))
      ),
      persist("OverviewStore.ended", repeatable)
    )

/** Figures from the tables. Does not create them. */
export const make: Effect.Effect<Store, never, PgClient.PgClient> = Effect.map(PgClient.PgClient, (client) => {
  const sql = client.withoutTransforms()
  return OverviewStore.OverviewStore.of({
    queue: makeQueue(sql),
    oldestPending: makeOldestPending(sql),
    runners: makeRunners(sql),
    videos: makeVideos(sql),
    ended: makeEnded(sql),
    keepHours: (hours) => Effect.asVoid(insertHours(sql, hours)).pipe(persist("OverviewStore.keepHours", repeatable))
  })
})

/** The figures alone, on existing tables. */
export const layer: Layer.Layer<OverviewStore.OverviewStore, never, PgClient.PgClient> = Layer.effect(
  OverviewStore.OverviewStore,
  make
)
