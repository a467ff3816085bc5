import { PgClient } from "@effect/sql-pg"
import { VideoStore } from "@runner-connector/core"
import { Array as Arr, Effect, Layer } from "effect"
import { insertJobs, updateJobs } from "./jobQueries.ts"
import { persist } from "./persist.ts"
import { videoRows } from "./rows.ts"
import {
  countVideos,
  deleteVideo,
  insertVideo,
  selectByDestination,
  selectById,
  selectPage,
  selectRetired,
  selectUnsettled,
  takeOver,
  updateVideo
} from "./videoQueries.ts"

const repeatable = { repeatable: true }

type Store = VideoStore.VideoStore["Type"]

const makeWrites = (sql: PgClient.PgClient): Pick<Store, "insert" | "save" | "remove"> => ({
  insert: Effect.fn("SqlVideoStore.insert")((video, jobs, uploads = []) =>
    Effect.zipLeft(insertVideo(sql, video), Effect.zipRight(insertJobs(sql, jobs), takeOver(sql, uploads))).pipe(
      sql.withTransaction,
      persist("VideoStore.insert")
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
  )
})

const makeReads = (sql: PgClient.PgClient): Omit<Store, "insert" | "save" | "remove"> => ({
  find: Effect.fn("SqlVideoStore.find")((id) =>
    Effect.flatMap(selectById(sql, id), videoRows.decode).pipe(
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
  list: Effect.fn("SqlVideoStore.list")((request) =>
    Effect.gen(function* () {
      const total = yield* countVideos(sql)
      return { total, data: yield* videoRows.decode(yield* selectPage(sql, request)) }
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

/** Videos in the table `runner_connector.video`, written together with their jobs. Does not create the tables. */
export const make: Effect.Effect<Store, never, PgClient.PgClient> = Effect.map(PgClient.PgClient, (client) => {
  const sql = client.withoutTransforms()
  return VideoStore.VideoStore.of({ ...makeReads(sql), ...makeWrites(sql) })
})

/** The video store alone, on existing tables. */
export const layer: Layer.Layer<VideoStore.VideoStore, never, PgClient.PgClient> = Layer.effect(
  VideoStore.VideoStore,
  make
)
