import { PgClient } from "@effect/sql-pg"
import { VideoStore } from "@runner-connector/core"
import { Array as Arr, Effect, Layer } from "effect"
import { insertJobs, updateJobs } from "./jobQueries.ts"
import { persist } from "./persist.ts"
import { videoRows } from "./rows.ts"
import {
  deleteVideo,
  insertVideo,
  selectByDestination,
  selectRetired,
  selectUnsettled,
  takeOver,
  updateVideo
} from "./videoQueries.ts"

const repeatable = { repeatable: true }

/** Videos in the table `runner_connector.video`, written together with their jobs. Does not create the tables. */
export const make: Effect.Effect<VideoStore.VideoStore["Type"], never, PgClient.PgClient> = Effect.gen(function* () {
  const sql = (yield* PgClient.PgClient).withoutTransforms()
  const columns = sql.literal(videoRows.columns)

  return VideoStore.VideoStore.of({
    insert: Effect.fn("SqlVideoStore.insert")((video, jobs, uploads = []) =>
      Effect.zipLeft(insertVideo(sql, video), Effect.zipRight(insertJobs(sql, jobs), takeOver(sql, uploads))).pipe(
        sql.withTransaction,
        persist("VideoStore.insert")
      )
    ),
    find: Effect.fn("SqlVideoStore.find")((id) =>
      sql`SELECT ${columns} FROM runner_connector.video video WHERE video.id = ${id}`.pipe(
        Effect.flatMap(videoRows.decode),
        Effect.map(Arr.head),
        persist("VideoStore.find", repeatable)
      )
    ),
    findByDestination: Effect.fn("SqlVideoStore.findByDestination")((destination) =>
      Effect.flatMap(selectByDestination(sql, destination), videoRows.decode).pipe(
        Effect.map(Arr.head),
        persist("VideoStore.findByDestination", repeatable)
      )
    ),
    save: Effect.fn("SqlVideoStore.save")((video, jobs, added = [], uploads = []) =>
      persist("VideoStore.save")(
        jobs.length + added.length + uploads.length === 0
          ? updateVideo(sql, video)
          : sql.withTransaction(
              updateVideo(sql, video).pipe(
                Effect.zipRight(updateJobs(sql, jobs)),
                Effect.zipRight(added.length === 0 ? Effect.void : insertJobs(sql, added)),
                Effect.zipRight(takeOver(sql, uploads))
              )
            )
      )
    ),
    remove: Effect.fn("SqlVideoStore.remove")((video) =>
      persist("VideoStore.remove", repeatable)(deleteVideo(sql, video))
    ),
    list: Effect.fn("SqlVideoStore.list")(({ count, start }) =>
      Effect.gen(function* () {
        const totals = yield* sql<{ readonly total: number }>`SELECT count(*)::int AS total FROM runner_connector.video`
        const page = yield* sql`SELECT ${columns} FROM runner_connector.video video
          ORDER BY video.number DESC OFFSET ${start} LIMIT ${count}`
        return { total: totals[0]?.total ?? 0, data: yield* videoRows.decode(page) }
      }).pipe(persist("VideoStore.list", repeatable))
    ),
    listUnfinalized: Effect.flatMap(selectUnsettled(sql), videoRows.decode).pipe(
      persist("VideoStore.listUnfinalized", repeatable),
      Effect.withSpan("SqlVideoStore.listUnfinalized")
    ),
    listPendingDeletion: Effect.fn("SqlVideoStore.listPendingDeletion")((before) =>
      Effect.flatMap(selectRetired(sql, before), videoRows.decode).pipe(
        persist("VideoStore.listPendingDeletion", repeatable)
      )
    )
  })
})

/** The video store alone, on existing tables. */
export const layer: Layer.Layer<VideoStore.VideoStore, never, PgClient.PgClient> = Layer.effect(
  VideoStore.VideoStore,
  make
)
