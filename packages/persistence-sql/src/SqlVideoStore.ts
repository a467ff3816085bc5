import { PgClient } from "@effect/sql-pg"
import { spanned, VideoStore, videoEvents } from "@runner-connector/core"
import { Array as Arr, Effect, Layer } from "effect"
import { collect } from "./collected.ts"
import { insertEvents, makeThenWake, type ThenWake } from "./eventQueries.ts"
import { insertJobs, updateJobs } from "./jobQueries.ts"
import { insertReports } from "./mediaReportQueries.ts"
import { persist, repeatable } from "./persist.ts"
import { videoRows } from "./rows.ts"
import { countVideos, selectPage } from "./videoLists.ts"
import {
  deleteVideo,
  insertVideo,
  selectById,
  selectByKey,
  selectPendingDeletion,
  selectUnfinalized,
  takeOver,
  updateVideo
} from "./videoQueries.ts"

type Store = VideoStore.VideoStore["Type"]

const makeWrites = (sql: PgClient.PgClient, thenWake: ThenWake): Pick<Store, "insert" | "save" | "remove"> => ({
  insert: spanned("SqlVideoStore.insert")((video, jobs, uploads = [], reports = []) =>
    Effect.gen(function* () {
      const stored = yield* insertVideo(sql, video)
      yield* insertJobs(sql, jobs)
      yield* insertReports(sql, stored, reports)
      yield* takeOver(sql, uploads)
      return stored
    }).pipe(sql.withTransaction, persist("VideoStore.insert"), thenWake)
  ),
  save: spanned("SqlVideoStore.save")((after, jobs, added = [], uploads = [], reports = []) =>
    Effect.gen(function* () {
      const before = yield* updateVideo(sql, after)
      const changes = yield* updateJobs(sql, jobs)
      yield* insertEvents(sql, videoEvents({ before, after, jobs: changes }))
      yield* collect({ videos: [{ before, after }] })
      if (added.length > 0) yield* insertJobs(sql, added)
      yield* insertReports(sql, after, reports)
      yield* takeOver(sql, uploads)
    }).pipe(sql.withTransaction, persist("VideoStore.save"), thenWake)
  ),
  remove: spanned("SqlVideoStore.remove")((video) =>
    deleteVideo(sql, video).pipe(sql.withTransaction, persist("VideoStore.remove", repeatable), thenWake)
  )
})

const makeReads = (sql: PgClient.PgClient): Omit<Store, "insert" | "save" | "remove"> => ({
  find: spanned("SqlVideoStore.find")((id) =>
    Effect.flatMap(selectById(sql, id), videoRows.decode).pipe(
      Effect.map(Arr.head),
      persist("VideoStore.find", repeatable)
    )
  ),
  findBy: spanned("SqlVideoStore.findBy")((key) =>
    Effect.flatMap(selectByKey(sql, key), videoRows.decode).pipe(
      Effect.map(Arr.head),
      persist("VideoStore.findBy", repeatable)
    )
  ),
  list: spanned("SqlVideoStore.list")((request) =>
    Effect.gen(function* () {
      const total = yield* countVideos(sql, request)
      return { total, data: yield* videoRows.decode(yield* selectPage(sql, request)) }
    }).pipe(persist("VideoStore.list", repeatable))
  ),
  listUnfinalized: spanned("SqlVideoStore.listUnfinalized")((silentSince) =>
    Effect.flatMap(selectUnfinalized(sql, silentSince), videoRows.decode).pipe(
      Effect.map(Arr.dedupeWith((one, other) => one.id === other.id)),
      persist("VideoStore.listUnfinalized", repeatable)
    )
  ),
  listPendingDeletion: spanned("SqlVideoStore.listPendingDeletion")((before) =>
    Effect.flatMap(selectPendingDeletion(sql, before), videoRows.decode).pipe(
      persist("VideoStore.listPendingDeletion", repeatable)
    )
  )
})

/** Videos in the table `runner_connector.video`, written together with their jobs. Does not create the tables. */
export const make: Effect.Effect<Store, never, PgClient.PgClient> = Effect.gen(function* () {
  const sql = (yield* PgClient.PgClient).withoutTransforms()
  return VideoStore.VideoStore.of({ ...makeReads(sql), ...makeWrites(sql, yield* makeThenWake) })
})

/** The video store alone, on existing tables. */
export const layer: Layer.Layer<VideoStore.VideoStore, never, PgClient.PgClient> = Layer.effect(
  VideoStore.VideoStore,
  make
)
