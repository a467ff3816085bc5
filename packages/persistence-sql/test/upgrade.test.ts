import * as Migrator from "@effect/sql/Migrator"
import { PgClient } from "@effect/sql-pg"
import { it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aNewVideo } from "@runner-connector/contracts"
import {
  FileKey,
  Ids,
  JobQueue,
  JobStore,
  MediaReport,
  MediaReportStore,
  TranscodingPlan,
  TranscodingSettings,
  VideoStore
} from "@runner-connector/core"
import { DateTime, Effect, Layer, Option, Schema } from "effect"
import { SqlStores } from "../src/index.ts"
import { create } from "../src/migrations/0001_create.ts"
import { usePostgres } from "./postgresServer.ts"

const postgres = usePostgres()

const jobId = Ids.JobId.make("00000000-0000-4000-8000-000000000001")
const pendingId = Ids.JobId.make("00000000-0000-4000-8000-000000000004")
const videoId = Ids.VideoId.make("00000000-0000-4000-8000-000000000002")
const attemptId = "00000000-0000-4000-8000-000000000003"
const source = { duration: 1, size: 1, hasVideo: true, hasAudio: false, width: 64, height: 36, fps: 25 }

/** The tables of version 0.1.0 with a job in hand and a video with a file to delete. */
const release010 = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  yield* sql`CREATE SCHEMA runner_connector`
  yield* Migrator.make({})({
    loader: Migrator.fromRecord({ "0001_create": create }),
    table: "runner_connector.migrations"
  })
  yield* sql`INSERT INTO runner_connector.runner_job (id, type, state, payload, private_payload, priority, failures,
      stalls, result_id, video_id, created_at, updated_at, revision)
    VALUES (${jobId}, 'vod-hls-transcoding', 'Processing', '{}', '{}', 100, 0, 0, ${attemptId}, ${videoId},
      now(), now(), 1)`
  yield* sql`INSERT INTO runner_connector.runner_job (id, type, state, payload, private_payload, priority, failures,
      stalls, created_at, updated_at, revision)
    VALUES (${pendingId}, 'vod-hls-transcoding', 'Pending', '{}', '{}', 100, 0, 0, now(), now(), 0)`
  yield* sql`INSERT INTO runner_connector.registration_token (token_hash, hint, created_at, updated_at)
    VALUES ('hash of a token', 'hint', now(), now())`
  yield* sql`INSERT INTO runner_connector.runner (name, token_hash, registration_token_id, last_contact, created_at,
      updated_at) VALUES ('old', 'hash', 1, now(), now(), now())`
  const plan = Schema.encodeSync(TranscodingPlan.TranscodingPlan)({
    ...TranscodingPlan.defaultPlan,
    settings: TranscodingSettings.defaults
  })
  yield* sql`INSERT INTO runner_connector.video (id, state, source, plan, destination, files, retired, retired_since,
      created_at, updated_at, revision)
    VALUES (${videoId}, 'ToTranscode', ${JSON.stringify(source)}, ${JSON.stringify(plan)}, 'videos/one', '[]',
      ${JSON.stringify([{ key: "videos/one/old.m3u8", at: "2026-01-01T00:00:00.000Z" }])},
      '2026-01-01T00:00:00Z', now(), now(), 1)`
})

it.scoped("migrates the tables of version 0.1.0 with their rows", () =>
  Effect.gen(function* () {
    const client = PgClient.layer({ url: yield* postgres.emptyAddress, maxConnections: 2 })
    yield* Effect.provide(release010, client)
    yield* Effect.gen(function* () {
      const [job] = yield* (yield* JobStore.JobStore).family(jobId)
      deepStrictEqual(job?.state, "Processing")
      deepStrictEqual(job?.attemptId, Option.some(attemptId))
      deepStrictEqual(job?.publicUrl, Option.none())
      const since = DateTime.add(yield* DateTime.now, { hours: 1 })
      const silent = yield* (yield* JobStore.JobStore).listSilent({ state: "Processing", since })
      deepStrictEqual(
        silent.map(({ id }) => id),
        [jobId]
      )
      const query = { types: ["vod-hls-transcoding"], requirements: [], labels: [], limit: 10, at: since, until: since }
      const claimed = yield* (yield* JobQueue.JobQueue).claim({ ...query, runnerId: Ids.RunnerId.make(1) })
      deepStrictEqual(
        claimed.map(({ id }) => id),
        [pendingId]
      )
      const videos = yield* VideoStore.VideoStore
      const found = yield* Effect.flatten(videos.find(videoId))
      deepStrictEqual([found.title, found.fileName], [Option.none(), Option.none()])
      deepStrictEqual([found.externalId, found.metadata], [Option.none(), {}])
      yield* videos.save({ ...found, title: Option.some("Урлаг — مرحبا") }, [])
      deepStrictEqual((yield* Effect.flatten(videos.find(videoId))).title, Option.some("Урлаг — مرحبا"))
      deepStrictEqual(
        found.pendingDeletion.map(({ key }) => key),
        [FileKey.FileKey.make("videos/one/old.m3u8")]
      )
      yield* videos.insert(aNewVideo({ state: "ToImport" }), [aJob()])
      const reports = yield* MediaReportStore.MediaReportStore
      deepStrictEqual(yield* reports.ofVideo(videoId), [])
      const added = [{ name: MediaReport.SOURCE, report: { format: { duration: "1.0" } } }]
      yield* videos.save(yield* Effect.flatten(videos.find(videoId)), [], [], [], added)
      deepStrictEqual(yield* reports.ofVideo(videoId), added)
    }).pipe(Effect.provide(Layer.provide(SqlStores.layer, client)))
  })
)
