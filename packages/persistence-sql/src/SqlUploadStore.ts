import { PgClient } from "@effect/sql-pg"
import { type FileKey, spanned, UploadStore } from "@runner-connector/core"
import { DateTime, Effect, Layer } from "effect"
import { outside } from "./hostTransaction.ts"
import { type PersistOptions, persist, repeatable } from "./persist.ts"
import { uploadRows } from "./rows.ts"
import { insertInto, insertUpload, lockUpload } from "./uploadQueries.ts"

/** Outside of a transaction of the host: records must outlive its rollback, because files do. */
const alone =
  (operation: string, options?: PersistOptions) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    outside(persist(operation, options)(effect))

/** An abandoned record keeps the moment at which it was abandoned first. */
const updateAbandoned = (sql: PgClient.PgClient, key: FileKey.FileKey, at: DateTime.Utc, before?: DateTime.Utc) =>
  sql`UPDATE runner_connector.upload
    SET abandoned = true, updated_at = CASE WHEN abandoned THEN updated_at ELSE ${DateTime.formatIso(at)}::timestamptz END
    WHERE key = ${key} AND (abandoned OR ${before === undefined ? sql`true` : sql`updated_at < ${DateTime.formatIso(before)}`})
    RETURNING key`

const hasLive = (sql: PgClient.PgClient, key: FileKey.FileKey) =>
  sql`SELECT 1 FROM runner_connector.upload WHERE key = ${key} AND NOT abandoned`.pipe(
    Effect.map((found) => found.length > 0),
    alone("UploadStore.isAlive", repeatable)
  )

/** Uploads in the table `runner_connector.upload`, which must be there already. */
export const make: Effect.Effect<UploadStore.UploadStore["Type"], never, PgClient.PgClient> = Effect.gen(function* () {
  const sql = (yield* PgClient.PgClient).withoutTransforms()

  return UploadStore.UploadStore.of({
    insert: spanned("SqlUploadStore.insert")((key, at) =>
      insertUpload(sql, key, at, null).pipe(alone("UploadStore.insert"))
    ),
    insertInto: spanned("SqlUploadStore.insertInto")((room, key, at) =>
      insertInto(sql, room, key, at).pipe(alone("UploadStore.insertInto"))
    ),
    lock: spanned("SqlUploadStore.lock")((key, wish) =>
      lockUpload(sql, key, wish).pipe(alone("UploadStore.lock", repeatable))
    ),
    isAlive: spanned("SqlUploadStore.isAlive")((key) => hasLive(sql, key)),
    touch: spanned("SqlUploadStore.touch")((key, at) =>
      sql`UPDATE runner_connector.upload SET updated_at = ${DateTime.formatIso(at)} WHERE key = ${key} AND NOT abandoned`.pipe(
        Effect.asVoid,
        alone("UploadStore.touch", repeatable)
      )
    ),
    abandon: spanned("SqlUploadStore.abandon")((key, at, before) =>
      updateAbandoned(sql, key, at, before).pipe(
        Effect.map((marked) => marked.length > 0),
        alone("UploadStore.abandon", repeatable)
      )
    ),
    remove: spanned("SqlUploadStore.remove")((key) =>
      Effect.asVoid(sql`DELETE FROM runner_connector.upload WHERE key = ${key} AND abandoned`).pipe(
        alone("UploadStore.remove", repeatable)
      )
    ),
    listSilent: spanned("SqlUploadStore.listSilent")((before) =>
      sql`SELECT ${sql.literal(uploadRows.columns)} FROM runner_connector.upload upload
        WHERE upload.updated_at < ${DateTime.formatIso(before)} ORDER BY upload.updated_at LIMIT 100`.pipe(
        Effect.flatMap(uploadRows.decode),
        alone("UploadStore.listSilent", repeatable)
      )
    )
  })
})

/** The upload store alone, on tables that are there already. */
export const layer: Layer.Layer<UploadStore.UploadStore, never, PgClient.PgClient> = Layer.effect(
  UploadStore.UploadStore,
  make
)
