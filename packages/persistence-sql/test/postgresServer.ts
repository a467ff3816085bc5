import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { SqlClient } from "@effect/sql"
import { PgClient } from "@effect/sql-pg"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { Context, Effect, Layer, ManagedRuntime, Redacted } from "effect"
import { afterAll, beforeAll } from "vitest"
import { copyDatabase } from "../../../test/fixtures/cluster.ts"
import { SqlStores } from "../src/index.ts"

/** A folder that is removed when the scope is closed. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "runner-connector-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

/** The address of a database of the server, without changing what else the address says. */
export const databaseUrl = (server: Redacted.Redacted<string>, database: string): Redacted.Redacted<string> => {
  const url = new URL(Redacted.value(server))
  url.pathname = `/${database}`
  return Redacted.make(url.href)
}

const oneShot = (url: Redacted.Redacted<string>) => PgClient.layer({ url, maxConnections: 1 })

const administer = (server: Redacted.Redacted<string>, statement: string) =>
  Effect.provide(
    Effect.flatMap(PgClient.PgClient, (sql) => sql.unsafe(statement)),
    oneShot(server)
  )

/** Where tests make databases of their own. */
class Server extends Context.Tag("test/Server")<
  Server,
  { readonly admin: Redacted.Redacted<string>; readonly template: string }
>() {}

const embedded = Effect.gen(function* () {
  const directory = yield* temporaryFolder
  yield* copyDatabase(directory)
  return (yield* EmbeddedPostgres.start({ directory, fsync: false })).url
})

/** A server with a database that has all tables, from which others are cloned. */
const server = (url: string | undefined) =>
  Effect.gen(function* () {
    const admin = url === undefined ? yield* embedded : Redacted.make(url)
    const template = yield* emptyDatabase(admin)
    yield* Effect.provide(SqlStores.migrate, oneShot(databaseUrl(admin, template)))
    return { admin, template }
  })

/** A database of its own, which is dropped when the scope is closed. */
const emptyDatabase = (admin: Redacted.Redacted<string>, template = "template1") =>
  Effect.acquireRelease(
    Effect.suspend(() => {
      const name = `test_${crypto.randomUUID().replaceAll("-", "")}`
      return Effect.as(administer(admin, `CREATE DATABASE ${name} TEMPLATE ${template}`), name)
    }),
    (name) => Effect.ignoreLogged(administer(admin, `DROP DATABASE ${name} WITH (FORCE)`))
  )

type Client = PgClient.PgClient | SqlClient.SqlClient

/** Starts a server before the tests of the file, or uses the one at the address, and gives out databases on it. */
export const usePostgres = (url?: string) => {
  const runtime = ManagedRuntime.make(Layer.scoped(Server, server(url)))
  beforeAll(() => runtime.runtime(), 300_000)
  afterAll(() => runtime.dispose(), 300_000)
  const address = (migrated: boolean) =>
    Effect.gen(function* () {
      const { admin, template } = yield* Effect.provide(Server, yield* runtime.runtimeEffect)
      return databaseUrl(admin, yield* migrated ? emptyDatabase(admin, template) : emptyDatabase(admin))
    })
  const client = (migrated: boolean): Layer.Layer<Client, unknown> =>
    Layer.unwrapScoped(Effect.map(address(migrated), (url) => PgClient.layer({ url, maxConnections: 10 })))
  return {
    /** The address of a database without tables. */
    emptyAddress: address(false),
    /** The address of a database with all tables, and nothing in them. */
    migratedAddress: address(true),
    /** A client of a database without tables. */
    emptyDatabase: client(false),
    /** A client of a database with all tables, and nothing in them. */
    database: client(true)
  }
}
