import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { FileKey, FileStorage, MemoryFileStorage } from "@runner-connector/core"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { Context, Effect, Layer, type Scope, Stream } from "effect"
import sqlite from "node-sqlite3-wasm"
import { copyDatabase } from "../../../../test/fixtures/cluster.ts"
import { type Rows, statementsFor } from "../../../../test/fixtures/django/schema.ts"
import { type DjangoMedia, layerPostgres, layerSqlite } from "../../src/index.ts"

const temporaryFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "runner-connector-import-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

const sqliteWith = (statements: ReadonlyArray<string>) =>
  Layer.unwrapScoped(
    Effect.map(temporaryFolder, (folder) => {
      const file = join(folder, "db.sqlite3")
      const database = new sqlite.Database(file)
      database.exec(["BEGIN", ...statements, "COMMIT"].join(";\n"))
      database.close()
      return layerSqlite(file)
    })
  )

/** The original's database in a SQLite file. */
export const inSqlite = (rows: Rows) => sqliteWith(statementsFor("sqlite", rows))

/** The database of another program. */
export const otherSqlite = sqliteWith(["CREATE TABLE something (id integer)"])

/** The original's database in PostgreSQL, and a client for the stores in the same database. */
export const inPostgres = (rows: Rows) =>
  Layer.unwrapScoped(
    Effect.gen(function* () {
      const directory = join(yield* temporaryFolder, "postgres")
      yield* copyDatabase(directory)
      const { url } = yield* EmbeddedPostgres.start({ directory, fsync: false })
      const Client = PgClient.layer({ url, maxConnections: 4 })
      const fill = Effect.flatMap(PgClient.PgClient, (sql) =>
        Effect.forEach(statementsFor("postgres", rows), (statement) => sql.unsafe(statement), { discard: true })
      )
      yield* Effect.provide(fill, Client)
      return Layer.merge(layerPostgres(url), Client)
    })
  )

/** The media of the original in memory, where `content` is what a probe finds, and a count of copies. */
export const mediaWith = (files: ReadonlyArray<string>, content: unknown) =>
  Effect.gen(function* () {
    const original = Context.get(yield* Layer.build(Layer.fresh(MemoryFileStorage.layer)), FileStorage.FileStorage)
    const bytes = new TextEncoder().encode(JSON.stringify(content))
    yield* Effect.forEach(files, (file) => original.write(FileKey.FileKey.make(file), Stream.make(bytes)))
    const own = yield* FileStorage.FileStorage
    const copied: Array<string> = []
    const bring: DjangoMedia["bring"] = (key) => {
      copied.push(key)
      return own.write(key, original.read(key))
    }
    return { media: { original, bring } satisfies DjangoMedia, copied }
  })
