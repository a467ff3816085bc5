import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { aJob, aNewVideo } from "@runner-connector/contracts"
import { MediaReport, MediaReportStore, VideoStore } from "@runner-connector/core"
import { Effect, Layer, Option } from "effect"
import { SqlStores } from "../src/index.ts"
import { usePostgres } from "./postgresServer.ts"

const { database } = usePostgres()

layer(Layer.provideMerge(SqlStores.layerStores, database), { excludeTestServices: true, timeout: "5 minutes" })(
  "reports in PostgreSQL",
  (it) => {
    it.effect("are not read with their videos, so that a damaged one fails only its own readers", () =>
      Effect.gen(function* () {
        const sql = (yield* PgClient.PgClient).withoutTransforms()
        const videos = yield* VideoStore.VideoStore
        const reports = [{ name: MediaReport.SOURCE, report: { format: {} } }]
        const video = yield* videos.insert(aNewVideo(), [aJob()], [], reports)
        yield* sql`UPDATE runner_connector.media_report SET report = '"damaged"' WHERE video_id = ${video.id}`
        const store = yield* MediaReportStore.MediaReportStore
        assert.strictEqual((yield* Effect.flip(store.ofVideo(video.id)))._tag, "PersistenceError")
        assert.isTrue(Option.isSome(yield* videos.find(video.id)))
        const { data } = yield* videos.list({ start: 0, count: 100 })
        assert.include(
          data.map(({ id }) => id),
          video.id
        )
        yield* videos.save({ ...video, state: "Published" }, [])
        yield* videos.remove({ id: video.id, revision: video.revision + 1 })
        const left = yield* sql`SELECT FROM runner_connector.media_report WHERE video_id = ${video.id}`
        assert.lengthOf(left, 0)
      })
    )
  }
)
