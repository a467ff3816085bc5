import type { SqlError } from "@effect/sql/SqlError"
import type { Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import {
  createdVideoEvents,
  type FileKey,
  type Ids,
  removedVideoEvents,
  UploadStore,
  type Video,
  VideoStore
} from "@runner-connector/core"
import { Array as Arr, DateTime, Effect, Option, Order } from "effect"
import { insertEvents } from "./eventQueries.ts"
import { RowError } from "./persist.ts"
import { encodeVideo, videoRows } from "./rows.ts"

type Sql = PgClient.PgClient

/**
 * Inserts the video with its event, in a transaction of the caller. The database assigns the number. Waits for the end of
 * a transaction that inserts a video with the same external id.
 */
export const insertVideo = (
  sql: Sql,
  video: Video.NewVideo
): Effect.Effect<Video.Video, VideoStore.ExternalIdTaken | SqlError | RowError> =>
  Effect.gen(function* () {
    const row = { ...(yield* encodeVideo(video)), revision: 0 }
    const inserted = yield* sql`INSERT INTO runner_connector.video AS video ${sql.insert(row)}
      ON CONFLICT (external_id) DO NOTHING
      RETURNING ${sql.literal(videoRows.columns)}`
    const [stored] = yield* videoRows.decode(inserted)
    if (stored === undefined) {
      return yield* new VideoStore.ExternalIdTaken({ externalId: Option.getOrElse(video.externalId, () => "") })
    }
    yield* insertEvents(sql, createdVideoEvents(stored))
    return stored
  })

/** One statement. It finds its row at the revision at which it was read, or not at all. Returns the video before. */
export const updateVideo = (
  sql: Sql,
  video: Video.Video
): Effect.Effect<Video.Video, VideoStore.VideoConflict | SqlError | RowError> =>
  Effect.gen(function* () {
    const row = yield* encodeVideo(video)
    const written = yield* sql`WITH old AS (
        SELECT ${sql.literal(videoRows.columns)} FROM runner_connector.video video
        WHERE video.id = ${video.id} AND video.revision = ${video.revision} FOR UPDATE
      )
      UPDATE runner_connector.video AS video
      SET ${sql.update(row, ["id", "created_at"])}, revision = video.revision + 1
      FROM old WHERE video.id = old.id AND video.id = ${video.id} AND video.revision = ${video.revision}
      RETURNING old.*`
    const [before] = yield* videoRows.decode(written)
    return before ?? (yield* new VideoStore.VideoConflict({ id: video.id }))
  })

/** A snapshot from before the upload shows no record of it. */
const missingUpload = (sql: Sql, key: FileKey.FileKey) =>
  Effect.map(
    sql<{ readonly level: string }>`SELECT current_setting('transaction_isolation') AS level`,
    ([row]) =>
      new RowError({
        cause:
          row?.level === "read committed"
            ? new UploadStore.UploadGone({ key })
            : new Error(`The transaction around the call is ${row?.level}: use READ COMMITTED`)
      })
  )

/** Ends the records of the uploads, in a transaction of the caller. An abandoned or absent record fails it. */
export const takeOver = (sql: Sql, keys: ReadonlyArray<FileKey.FileKey>): Effect.Effect<void, SqlError | RowError> =>
  Effect.forEach(
    Arr.sort(keys, Order.string),
    (key) =>
      Effect.gen(function* () {
        const ended = yield* sql`DELETE FROM runner_connector.upload WHERE key = ${key} AND NOT abandoned RETURNING key`
        if (ended.length === 0) return yield* yield* missingUpload(sql, key)
      }),
    { discard: true }
  )

/**
 * Removes the video and adds its event, in a transaction of the caller. Looks for the row again, because one statement
 * does not see rows that change while it runs.
 */
export const deleteVideo = (
  sql: Sql,
  { id, revision }: Pick<Video.Video, "id" | "revision">
): Effect.Effect<void, VideoStore.VideoConflict | SqlError | RowError> =>
  Effect.gen(function* () {
    const removed = yield* sql<{
      readonly externalId: string | null
    }>`DELETE FROM runner_connector.video WHERE id = ${id} AND revision = ${revision}
        RETURNING external_id AS "externalId"`
    const [row] = removed
    if (row !== undefined) {
      const externalId = Option.fromNullable(row.externalId)
      return yield* insertEvents(sql, removedVideoEvents({ id, externalId }, yield* DateTime.now))
    }
    const left = yield* sql`SELECT FROM runner_connector.video WHERE id = ${id}`
    if (left.length > 0) return yield* new VideoStore.VideoConflict({ id })
  })

export const selectById = (sql: Sql, id: Ids.VideoId): Statement<object> =>
  sql`SELECT ${sql.literal(videoRows.columns)} FROM runner_connector.video video WHERE video.id = ${id}`

export const selectByKey = (sql: Sql, key: VideoStore.VideoKey): Statement<object> =>
  sql`SELECT ${sql.literal(videoRows.columns)}
    FROM runner_connector.video video
    WHERE ${"externalId" in key ? sql`video.external_id = ${key.externalId}` : sql`video.destination = ${key.destination}`}
    ORDER BY video.number DESC
    LIMIT 1`

/**
 * Both sides of the anti-join are small indexes: videos that have not ended, and open jobs. A video may be found twice.
 */
export const selectUnfinalized = (sql: Sql, silentSince: DateTime.Utc): Statement<object> =>
  sql`(SELECT ${sql.literal(videoRows.columns)}
      FROM runner_connector.video video
      WHERE video.ended_at IS NULL AND video.chunking->>'state' IS DISTINCT FROM 'cutting' AND NOT EXISTS (
        SELECT FROM runner_connector.runner_job job
        WHERE job.video_id = video.id AND job.awaited AND job.state IN ('Pending', 'Processing', 'WaitingForParent', 'Completing')
      )
      ORDER BY video.number
      LIMIT 100)
    UNION ALL
    (SELECT ${sql.literal(videoRows.columns)}
      FROM runner_connector.video video
      WHERE video.chunk_work_since < ${DateTime.formatIso(silentSince)}
      ORDER BY video.chunk_work_since
      LIMIT 100)`

export const selectPendingDeletion = (sql: Sql, before: DateTime.Utc): Statement<object> =>
  sql`SELECT ${sql.literal(videoRows.columns)}
    FROM runner_connector.video video
    WHERE video.pending_deletion_since < ${DateTime.formatIso(before)}
    ORDER BY video.pending_deletion_since, video.number
    LIMIT 100`
