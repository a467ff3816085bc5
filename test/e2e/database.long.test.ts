import { chmod, chown, copyFile, stat } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { ConfigProvider, Effect, Logger, LogLevel, Option, Redacted } from "effect"
import * as DatabaseSettings from "../../packages/cli/src/installation/DatabaseSettings.ts"
import { copyDatabase } from "../fixtures/cluster.ts"
import { runCli } from "./support/cli.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { until } from "./support/waiting.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const quietly = Logger.withMinimumLogLevel(LogLevel.Warning)

/** A PostgreSQL of its own, as an operator has one. */
const aPostgres = (port?: number) =>
  Effect.gen(function* () {
    const directory = join(yield* temporaryFolder, "postgres")
    yield* copyDatabase(directory)
    const { url } = yield* EmbeddedPostgres.start({ directory, fsync: false, port })
    return { directory, url: Redacted.value(url) }
  }).pipe(quietly)

const run = (url: string, statements: string) =>
  Effect.provide(
    Effect.flatMap(PgClient.PgClient, (sql) => sql.unsafe(statements)),
    PgClient.layer({ url: Redacted.make(url), maxConnections: 1 })
  )

const options = (env: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const dataDir = join(yield* temporaryFolder, "data")
    return { dataDir, port: yield* freePort, env: { LOCAL_RUNNER: "off", ...env } }
  })

/** Starts a server that ends at once. Gives the last line of its output. */
const lastWord = (env: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const server = yield* ExampleServer.launch(yield* options(env))
    const { code } = yield* server.ended
    assert.notStrictEqual(code, 0)
    return String((yield* server.log).trim().split("\n").at(-1))
  })

const started = (env: Readonly<Record<string, string>>) =>
  Effect.flatMap(options(env), (given) => ExampleServer.start(given))

const pem = (name: string): string => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url))

/** Lets the PostgreSQL accept nothing but TLS. */
const withTls = ({ directory, url }: { readonly directory: string; readonly url: string }) =>
  Effect.gen(function* () {
    const data = join(directory, "data")
    yield* Effect.promise(async () => {
      const { gid, uid } = await stat(data)
      for (const name of ["server.pem", "server.key"]) {
        await copyFile(pem(name), join(data, name))
        await chown(join(data, name), uid, gid)
        // PostgreSQL refuses a key that others can read, and git does not keep modes.
        await chmod(join(data, name), 0o600)
      }
    })
    yield* run(url, "ALTER SYSTEM SET ssl_cert_file = 'server.pem'")
    yield* run(url, "ALTER SYSTEM SET ssl_key_file = 'server.key'")
    yield* run(url, "ALTER SYSTEM SET ssl = on")
    yield* run(url, "SELECT pg_reload_conf()")
    yield* until(
      "TLS works",
      Effect.option(run(`${url}?sslrootcert=${pem("authority.pem")}`, "SELECT 1")),
      Option.isSome
    )
  })

describe("the database of DATABASE_URL", () => {
  it.scopedLive(
    "is waited for, with a message",
    () =>
      Effect.gen(function* () {
        const port = yield* freePort
        const directory = join(yield* temporaryFolder, "postgres")
        yield* copyDatabase(directory)
        // The password is known before the server runs.
        const url = yield* Effect.scoped(EmbeddedPostgres.start({ directory, fsync: false, port })).pipe(quietly)
        const server = yield* ExampleServer.launch(yield* options({ DATABASE_URL: Redacted.value(url.url) }))
        const waits = /Waiting up to 1m for the database of DATABASE_URL \(DATABASE_WAIT\): .*127\.0\.0\.1:\d+"$/m
        yield* until("it waits", server.log, (log) => waits.test(log))
        yield* quietly(EmbeddedPostgres.start({ directory, fsync: false, port }))
        const log = yield* until("it works", server.log, (text) => text.includes("drop a video"))
        assert.lengthOf([...log.matchAll(/Waiting up to/g)], 1, "the message appears once")
      }),
    300_000
  )

  it.scopedLive(
    "is given up after the limit, and at once when it will not come",
    () =>
      Effect.gen(function* () {
        const away = { DATABASE_URL: "postgres://somebody:geheim@127.0.0.1:1/x", DATABASE_WAIT: "2 seconds" }
        const { url } = yield* aPostgres()
        const wrong = new URL(url)
        wrong.password = "geheim"
        const [late, refused] = yield* Effect.all([lastWord(away), lastWord({ DATABASE_URL: wrong.href })], {
          concurrency: 2
        })
        assert.match(late, /^The database of DATABASE_URL cannot be used: .*127\.0\.0\.1:1$/)
        assert.match(refused, /^The database of DATABASE_URL cannot be used: password authentication failed/)
        for (const text of [late, refused]) assert.notInclude(text, "geheim")
      }),
    300_000
  )

  it.scopedLive(
    "is trusted when the authority of DATABASE_CA_FILE has signed its certificate",
    () =>
      Effect.gen(function* () {
        const postgres = yield* aPostgres()
        yield* withTls(postgres)
        const server = yield* started({ DATABASE_URL: postgres.url, DATABASE_CA_FILE: pem("authority.pem") })
        assert.strictEqual((yield* Effect.promise(() => fetch(`${server.url}/healthz`))).status, 200)
        const [tls] = yield* run(
          `${postgres.url}?sslrootcert=${pem("authority.pem")}`,
          "SELECT bool_and(ssl) AS all FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'runner-connector'"
        )
        deepStrictEqual(tls, { all: true })
        const word = yield* lastWord({ DATABASE_URL: postgres.url, DATABASE_CA_FILE: pem("other-authority.pem") })
        assert.match(word, /^The database of DATABASE_URL cannot be used: unable to verify the first certificate/)
      }),
    300_000
  )

  it.scopedLive(
    "is migrated by a command where the servers may not do it, and refused when it is newer",
    () =>
      Effect.gen(function* () {
        const { url } = yield* aPostgres()
        const env = { DATABASE_URL: url, DATABASE_MIGRATE: "off" }
        const dataDir = { DATA_DIR: join(yield* temporaryFolder, "data") }
        assert.match(yield* lastWord(env), /has version 0, .*migrate the tables first, .*npm run cli -- migrate/)
        const migrated = yield* runCli({ ...env, ...dataDir }, ["migrate"])
        deepStrictEqual(migrated, { code: 0, out: "The tables are up to date.\n", err: "" })
        yield* Effect.flatMap(started(env), ({ stop }) => stop())
        yield* run(url, "INSERT INTO runner_connector.migrations (migration_id, name) VALUES (9999, 'later')")
        const older = yield* lastWord({ DATABASE_URL: url })
        assert.match(older, /has version 9999, .*the program is older than the database, start a newer one$/)
      }),
    300_000
  )

  it.scopedLive("gets the pool size and the statement timeout", () =>
    Effect.gen(function* () {
      const { url } = yield* aPostgres()
      const variables = new Map([
        ["DATABASE_URL", url],
        ["DATABASE_POOL_SIZE", "3"],
        ["DATABASE_STATEMENT_TIMEOUT", "1500 millis"]
      ])
      const { databasePoolSize, databaseUrl } = yield* Effect.withConfigProvider(
        DatabaseSettings.database,
        ConfigProvider.fromMap(variables)
      )
      assert.strictEqual(databasePoolSize, 3)
      const [timeout] = yield* run(Redacted.value(Option.getOrThrow(databaseUrl)), "SHOW statement_timeout")
      deepStrictEqual(timeout, { statement_timeout: "1500ms" })
    })
  )
})
