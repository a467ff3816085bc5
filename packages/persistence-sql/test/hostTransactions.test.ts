import { PgClient } from "@effect/sql-pg"
import { assert, it } from "@effect/vitest"
import { assertNone, deepStrictEqual } from "@effect/vitest/utils"
import { eventually } from "@runner-connector/contracts"
import {
  FileKey,
  HostTransaction,
  JobStore,
  type Persistence,
  RunnerConnector,
  Storyboards,
  Transcoding,
  UploadStore,
  Uploads,
  VideoStore
} from "@runner-connector/core"
import { DateTime, Deferred, Effect, Exit, Fiber, Layer, Option, Queue, Scope } from "effect"
import {
  anotherProcess,
  hostTable,
  Outside,
  ports,
  readableEvents,
  storeSource,
  untilFiles
} from "./hosting/connector.ts"
import { usePostgres } from "./postgresServer.ts"

const postgres = usePostgres()

const own = FileKey.FileKey.make("uploads/own.mp4")
const TAKEN = "A video was taken in"

/** The host's row and the video, in one transaction of the host. */
const order = (id: string, request: Partial<Transcoding.TranscodeVideo> = {}) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    yield* sql`INSERT INTO host_order (id) VALUES (${id})`
    const { transcodeVideo } = yield* Transcoding.Transcoding
    const video = yield* transcodeVideo({
      ...{ path: own, destination: `videos/${id}`, settings: { resolutions: [240, 360] } },
      ...request
    })
    yield* sql`UPDATE host_order SET video_id = ${video.id} WHERE id = ${id}`
    return video
  })

/** What another connection sees. */
const fromOutside = Effect.gen(function* () {
  const { outside } = Option.getOrThrow(yield* yield* HostTransaction.HostTransaction)
  const { log, pings } = yield* Outside
  const sql = yield* PgClient.PgClient
  return {
    orders: (yield* outside(sql`SELECT id FROM host_order`)).length,
    videos: (yield* outside(sql`SELECT id FROM runner_connector.video`)).length,
    events: yield* outside(readableEvents),
    pings: yield* Queue.size(pings),
    logged: log.includes(TAKEN)
  }
})

const nothing = { orders: 0, videos: 0, events: [], pings: 0, logged: false }

type World = Layer.Layer.Success<typeof ports> | PgClient.PgClient | RunnerConnector.UseCases | Scope.Scope

const hosted = <A, E>(name: string, test: Effect.Effect<A, E, World>) =>
  it.scopedLive(name, () =>
    Effect.zipRight(Effect.zipRight(hostTable, storeSource(own)), test).pipe(
      Effect.provide(
        RunnerConnector.layerUseCases.pipe(Layer.provideMerge(ports), Layer.provideMerge(postgres.database))
      )
    )
  )

hosted(
  "the row of the host and the video are committed together, and everything else follows",
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const { log, pings } = yield* Outside
    const [video, before] = yield* sql.withTransaction(Effect.all([order("one"), fromOutside]))
    deepStrictEqual(before, nothing)
    yield* Queue.take(pings)
    deepStrictEqual(yield* sql`SELECT video_id AS id FROM host_order`, [{ id: video.id }])
    assert.isTrue(Option.isSome(yield* (yield* VideoStore.VideoStore).find(video.id)))
    deepStrictEqual(yield* eventually(readableEvents, ({ length }) => length > 2), [
      "video.created",
      ...Array(2).fill("job.pending")
    ])
    yield* untilFiles(own, Option.getOrThrow(video.thumbnailKey))
    assert.lengthOf(
      log.filter((line) => line === TAKEN),
      1
    )
    assert.strictEqual(yield* Queue.size(pings), 0)
  })
)

hosted(
  "they are rolled back together, nothing follows, and no file stays behind",
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const uploads = yield* Uploads.Uploads
    const { files, pings } = yield* Outside
    const path = FileKey.FileKey.make("uploads/held.mp4")
    const rolledBack = Effect.gen(function* () {
      yield* uploads.hold(path)
      yield* storeSource(path)
      yield* order("one", { path })
      assert.include(yield* files, path)
      return yield* Effect.fail("the host changes its mind")
    }).pipe(Effect.scoped, sql.withTransaction)
    assert.strictEqual(yield* Effect.flip(rolledBack), "the host changes its mind")
    yield* untilFiles(own)
    deepStrictEqual(yield* sql`SELECT id FROM host_order`, [])
    deepStrictEqual(yield* sql`SELECT id FROM runner_connector.video`, [])
    deepStrictEqual(yield* sql`SELECT id FROM runner_connector.runner_job`, [])
    const { id } = yield* sql.withTransaction(order("two"))
    yield* Queue.take(pings)
    assert.strictEqual(yield* Queue.size(pings), 0)
    const { data } = yield* (yield* VideoStore.VideoStore).list({ start: 0, count: 10 })
    deepStrictEqual(
      data.map((video) => video.id),
      [id]
    )
    deepStrictEqual(yield* eventually(readableEvents, ({ length }) => length > 2), [
      "video.created",
      ...Array(2).fill("job.pending")
    ])
  })
)

hosted(
  "a savepoint takes the video back, and the transaction goes on",
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const { log, pings } = yield* Outside
    const attempt = sql.withTransaction(Effect.zipRight(order("one"), Effect.fail("no")))
    yield* sql.withTransaction(Effect.zipRight(Effect.flip(attempt), sql`INSERT INTO host_order (id) VALUES ('two')`))
    yield* untilFiles(own)
    deepStrictEqual(yield* sql`SELECT id FROM host_order`, [{ id: "two" }])
    deepStrictEqual(yield* readableEvents, [])
    deepStrictEqual([yield* Queue.size(pings), log.includes(TAKEN)], [0, false])
  })
)

hosted(
  "what a process leaves behind that ends within the transaction is swept",
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const { files } = yield* Outside
    const uploads = yield* Uploads.Uploads
    const scope = yield* Scope.make()
    const dying = yield* Layer.buildWithScope(anotherProcess, scope)
    const death = Effect.zipRight(Scope.close(scope, Exit.void), Effect.fail("the process ends"))
    yield* Effect.flip(sql.withTransaction(Effect.zipRight(Effect.provide(order("one"), dying), death)))
    assert.lengthOf(yield* files, 2, "the picture is still there")
    const later = DateTime.add(yield* DateTime.now, { hours: 1 })
    const left = yield* (yield* UploadStore.UploadStore).listSilent(later)
    yield* Effect.forEach(left, (upload) => uploads.sweep(upload, later))
    deepStrictEqual(yield* files, [own])
  })
)

hosted(
  "a call with the same external id waits for the end of the transaction",
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const { pings } = yield* Outside
    const [inserted, waiting] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
    const externalId = "order 7"
    const second = yield* Effect.fork(Effect.zipRight(Deferred.await(inserted), order("two", { externalId })))
    const first = Effect.gen(function* () {
      const { outside } = Option.getOrThrow(yield* yield* HostTransaction.HostTransaction)
      yield* order("one", { externalId })
      yield* Deferred.succeed(inserted, undefined)
      yield* outside(
        sql`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
      ).pipe(Effect.repeat({ until: (rows) => rows.length > 0 }))
      yield* Deferred.succeed(waiting, undefined)
      return yield* Effect.fail("no")
    }).pipe(sql.withTransaction)
    yield* Effect.flip(first)
    yield* Deferred.await(waiting)
    const video = yield* Fiber.join(second)
    deepStrictEqual(yield* sql`SELECT id FROM runner_connector.video`, [{ id: video.id }])
    yield* Queue.take(pings)
    const again = yield* sql.withTransaction(order("three", { externalId }))
    assert.strictEqual(again.id, video.id)
    assert.strictEqual(yield* Queue.size(pings), 0)
  })
)

hosted(
  "jobs are added to a video that another process changes meanwhile",
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const { pings } = yield* Outside
    const videos = yield* VideoStore.VideoStore
    const { id } = yield* order("one", { plan: { storyboard: false } })
    yield* Queue.take(pings)
    let saves = 0
    const disturbed: typeof videos = {
      ...videos,
      save: (video, ...rest) =>
        Effect.gen(function* () {
          const { outside } = Option.getOrThrow(yield* yield* HostTransaction.HostTransaction)
          saves += 1
          if (saves === 1) yield* outside(videos.save({ ...video, title: Option.some("changed") }, []))
          yield* videos.save(video, ...rest)
        })
    }
    const other = yield* Layer.build(Layer.provide(anotherProcess, Layer.succeed(VideoStore.VideoStore, disturbed)))
    const added = Effect.gen(function* () {
      const { makeStoryboard } = yield* Storyboards.Storyboards
      const job = yield* makeStoryboard(id)
      assert.strictEqual(yield* Queue.size(pings), 0)
      return job
    }).pipe(Effect.provide(other))
    const job = yield* sql.withTransaction(added)
    yield* Queue.take(pings)
    assert.strictEqual(saves, 2)
    assert.lengthOf(yield* (yield* JobStore.JobStore).family(job.id), 1)
    deepStrictEqual(Option.getOrThrow(yield* videos.find(id)).title, Option.some("changed"))
  })
)

hosted(
  "a transaction with another isolation is refused with the remedy, and leaves no file",
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const isolated = Effect.zipRight(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`, order("one"))
    const error = yield* Effect.flip(sql.withTransaction(isolated))
    assert.match(String((error as Persistence.PersistenceError).cause), /repeatable read: use READ COMMITTED/)
    yield* untilFiles(own)
    assertNone(yield* (yield* VideoStore.VideoStore).findBy({ destination: FileKey.FileKey.make("videos/one") }))
  })
)
