import type { SqlError } from "@effect/sql/SqlError"
import type { Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import { type Ids, MediaReport, type Video } from "@runner-connector/core"
import { Effect } from "effect"
import type { RowError } from "./persist.ts"
import { reportRows } from "./rows.ts"

type Sql = PgClient.PgClient

/**
 * Writes the reports in a transaction of the caller, and removes those of files that the video does not have any more.
 * Without reports it does nothing, so that other writes of videos stay as fast as they are.
 */
export const insertReports = (
  sql: Sql,
  video: Pick<Video.Video, "id" | "files" | "webVideos">,
  reports: ReadonlyArray<MediaReport.MediaReport>
): Effect.Effect<void, SqlError | RowError> =>
  Effect.gen(function* () {
    if (reports.length === 0) return
    const names = MediaReport.namesOf(video)
    const rows = yield* Effect.forEach(
      reports.filter(({ name }) => names.has(name)),
      (report) => Effect.map(reportRows.encode(report), (row) => ({ ...row, video_id: video.id }))
    )
    yield* sql`DELETE FROM runner_connector.media_report
      WHERE video_id = ${video.id} AND NOT ${sql.in("name", [...names])}`
    if (rows.length === 0) return
    yield* sql`INSERT INTO runner_connector.media_report ${sql.insert(rows)}
      ON CONFLICT (video_id, name) DO UPDATE SET report = excluded.report`
  })

export const selectReports = (sql: Sql, id: Ids.VideoId): Statement<object> =>
  sql`SELECT ${sql.literal(reportRows.columns)} FROM runner_connector.media_report report
    WHERE report.video_id = ${id} ORDER BY report.name COLLATE "C"`
