import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment, Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import type { VideoStore } from "@runner-connector/core"
import { Effect } from "effect"
import { isBehind } from "./pageAfter.ts"
import { videoRows } from "./rows.ts"

type Sql = PgClient.PgClient

const columns: Readonly<Record<VideoStore.VideoColumn, string>> = {
  createdAt: "video.created_at",
  updatedAt: "video.updated_at",
  title: "lower(coalesce(video.title, video.file_name, '')) COLLATE \"C\""
}

const orderOf = (sql: Sql, { sort }: VideoStore.VideoFilter): Fragment =>
  sql.literal(
    sort === undefined ? "video.number DESC" : `${columns[sort.by]} ${sort.descending ? "DESC" : "ASC"}, video.number`
  )

const filterOf = (sql: Sql, { live, states, text }: VideoStore.VideoFilter): Fragment =>
  sql.and([
    ...(states === undefined ? [] : [sql`video.state = ANY (${states})`]),
    ...(live === undefined ? [] : [sql`(video.live <> 'null'::jsonb) = ${live}`]),
    ...(text === undefined
      ? []
      : [
          sql`(video.id::text = lower(${text}) OR strpos(lower(video.title), lower(${text})) > 0 OR strpos(lower(video.file_name), lower(${text})) > 0
            OR strpos(lower(video.external_id), lower(${text})) > 0)`
        ])
  ])

export const countVideos = (sql: Sql, filter: VideoStore.VideoFilter): Effect.Effect<number, SqlError> =>
  Effect.map(
    sql<{ readonly total: number }>`SELECT count(*)::int AS total FROM runner_connector.video video
      WHERE ${filterOf(sql, filter)}`,
    ([row]) => row?.total ?? 0
  )

/** Only ids are sorted: whole rows would not fit into the memory that a sort may use. */
export const selectPage = (sql: Sql, filter: VideoStore.VideoFilter): Statement<object> =>
  sql`SELECT ${sql.literal(videoRows.columns)}
    FROM (
      SELECT video.id FROM runner_connector.video video
      WHERE ${filterOf(sql, filter)} AND ${isBehind(sql, { alias: "video", table: "video", number: "number" }, filter)}
      ORDER BY ${orderOf(sql, filter)}
      OFFSET ${filter.start} LIMIT ${filter.count}
    ) AS page
    JOIN runner_connector.video video ON video.id = page.id
    ORDER BY ${orderOf(sql, filter)}`
