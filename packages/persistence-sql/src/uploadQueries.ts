import type { SqlError } from "@effect/sql/SqlError"
import type { PgClient } from "@effect/sql-pg"
import { type FileKey, UploadStore } from "@runner-connector/core"
import { DateTime, Effect } from "effect"

type Sql = PgClient.PgClient

/** Held while one process compares the room with the uploads and records another one. */
const ROOM_LOCK = 7_205_514_021

/** Records an upload, unless there is a record. `size` is null for uploads of one request. */
export const insertUpload = (
  sql: Sql,
  key: FileKey.FileKey,
  at: DateTime.Utc,
  size: number | null
): Effect.Effect<void, SqlError | UploadStore.UploadExists> =>
  Effect.flatMap(
    sql`INSERT INTO runner_connector.upload (key, created_at, updated_at, size)
      VALUES (${key}, ${DateTime.formatIso(at)}, ${DateTime.formatIso(at)}, ${size}) ON CONFLICT (key) DO NOTHING RETURNING key`,
    (inserted) => (inserted.length === 0 ? new UploadStore.UploadExists({ key }) : Effect.void)
  )

/** Records an upload when there is room. One process at a time compares. */
export const insertInto = (
  sql: Sql,
  { maxCount, maxSize, size }: UploadStore.UploadRoom,
  key: FileKey.FileKey,
  at: DateTime.Utc
): Effect.Effect<void, SqlError | UploadStore.UploadExists | UploadStore.UploadsFull> =>
  Effect.gen(function* () {
    yield* sql`SELECT pg_advisory_xact_lock(${ROOM_LOCK}::bigint)`
    const [room] = yield* sql<{ readonly fits: boolean }>`SELECT
        count(*) < ${maxCount}::int AND coalesce(sum(size), 0) + ${size}::bigint <= ${maxSize}::bigint AS fits
      FROM runner_connector.upload WHERE size IS NOT NULL AND NOT abandoned`
    if (room?.fits !== true) return yield* new UploadStore.UploadsFull()
    yield* insertUpload(sql, key, at, size)
  }).pipe(sql.withTransaction)

/** Takes, renews or gives up the lock, or marks that of another owner as wanted. */
export const lockUpload = (
  sql: Sql,
  key: FileKey.FileKey,
  { at, owner, until }: UploadStore.UploadLock
): Effect.Effect<UploadStore.LockState, SqlError> =>
  Effect.map(
    sql<{ readonly state: UploadStore.LockState }>`UPDATE runner_connector.upload AS upload SET
        lock_owner = CASE WHEN wish.free THEN ${owner} ELSE upload.lock_owner END,
        lock_until = CASE WHEN wish.free THEN ${DateTime.formatIso(until)}::timestamptz ELSE upload.lock_until END,
        lock_wanted = CASE
          WHEN wish.free THEN coalesce(upload.lock_owner = ${owner} AND upload.lock_wanted, false)
          ELSE upload.lock_wanted OR ${DateTime.formatIso(until)}::timestamptz > ${DateTime.formatIso(at)}::timestamptz
        END
      FROM (
        SELECT key, lock_owner IS NULL OR lock_owner = ${owner} OR lock_until <= ${DateTime.formatIso(at)}::timestamptz AS free
        FROM runner_connector.upload WHERE key = ${key} FOR UPDATE
      ) AS wish
      WHERE upload.key = wish.key
      RETURNING CASE WHEN upload.lock_owner <> ${owner} THEN 'taken' WHEN upload.lock_wanted THEN 'wanted' ELSE 'held' END
        AS state`,
    ([row]) => row?.state ?? "held"
  )
