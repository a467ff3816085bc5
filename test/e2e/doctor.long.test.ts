import { mkdir, writeFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { Effect, Logger, LogLevel, Redacted } from "effect"
import { copyDatabase } from "../fixtures/cluster.ts"
import { runCli } from "./support/cli.ts"
import { shiftedClock } from "./support/shiftedClock.ts"
import { barePath, temporaryFolder } from "./support/workspace.ts"

/** A proxy that forwards requests, and no WebSocket. */
const aProxy = Effect.acquireRelease(
  Effect.async<{ readonly url: string; readonly close: () => void }>((resume) => {
    const server = createServer((_, response) => response.end("{}"))
    server.on("upgrade", (_, socket) => socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"))
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, close: () => void server.close() }))
    })
  }),
  ({ close }) => Effect.sync(close)
)

/** A database without tables. */
const aDatabase = Effect.gen(function* () {
  const directory = join(yield* temporaryFolder, "postgres")
  yield* copyDatabase(directory)
  const { url } = yield* EmbeddedPostgres.start({ directory, fsync: false })
  return Redacted.value(url)
}).pipe(Logger.withMinimumLogLevel(LogLevel.Warning))

interface Found {
  readonly check: string
  readonly outcome: string
  readonly fact: string
  readonly remedy: string
}

/** Runs the checks. Returns the exit code and what each check has found. */
const doctor = (env: Readonly<Record<string, string>>) =>
  Effect.map(runCli({ ADMIN_TOKEN: "the-operator's-own", ...env }, ["doctor", "--json"]), ({ code, out }) => {
    const found: ReadonlyArray<Found> = JSON.parse(out)
    for (const { outcome, remedy } of found) assert.strictEqual(remedy === "", outcome === "ok")
    const of = (name: string) => found.find(({ check }) => check === name)
    return { code, of }
  })

it.scopedLive(
  "doctor names each thing that does not work, with its remedy",
  () =>
    Effect.gen(function* () {
      const DATA_DIR = yield* temporaryFolder
      yield* Effect.promise(() => writeFile(join(DATA_DIR, "storage"), "a file where the folder should be"))
      const DATABASE_URL = "postgres://user:a-password@127.0.0.1:1/name"
      const PATH = yield* barePath
      const { url: PUBLIC_URL } = yield* aProxy
      const { code, of } = yield* doctor({ DATA_DIR, DATABASE_URL, PATH, PUBLIC_URL })
      assert.strictEqual(code, 1)
      assert.deepInclude(of("database"), { outcome: "failed", remedy: "Start PostgreSQL, or correct DATABASE_URL." })
      assert.deepInclude(of("storage"), { outcome: "failed" })
      assert.include(of("storage")?.fact, "cannot be used as a storage")
      assert.deepInclude(of("ffmpeg"), { outcome: "warning", remedy: "Install ffmpeg and ffprobe on this machine." })
      assert.deepInclude(of("PUBLIC_URL"), { outcome: "ok", fact: `${PUBLIC_URL} answers` })
      assert.deepInclude(of("WebSocket"), { outcome: "failed", fact: "the WebSocket was answered with 502" })
      assert.include(of("WebSocket")?.remedy, "Upgrade and Connection")
    }),
  120_000
)

it.scopedLive(
  "doctor compares tables and clocks, and a missing server is no fault of the proxy",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const env = {
        DATABASE_URL: yield* aDatabase,
        DATA_DIR: join(folder, "missing"),
        PUBLIC_URL: "http://127.0.0.1:1",
        DATABASE_MIGRATE: "off"
      }
      const before = yield* doctor({ ...env, ...shiftedClock(1) })
      assert.strictEqual(before.code, 1)
      assert.deepInclude(before.of("database"), { outcome: "ok" })
      assert.deepInclude(before.of("schema"), {
        outcome: "failed",
        remedy: "Run the command migrate, or start the server."
      })
      assert.deepInclude(before.of("clock"), { outcome: "warning", remedy: "Set up NTP on both machines." })
      assert.match(String(before.of("clock")?.fact), /differ by 3(?:599|600|601|602)\.\d s$/)
      const unreachable = "Start the server, or correct PUBLIC_URL, DNS and the proxy."
      for (const name of ["PUBLIC_URL", "WebSocket"]) {
        assert.deepInclude(before.of(name), { outcome: "failed", remedy: unreachable })
      }

      const migrated = yield* runCli(env, ["migrate", "--json"])
      deepStrictEqual([migrated.code, JSON.parse(migrated.out)], [0, { migrated: true }])
      yield* Effect.promise(() => mkdir(env.DATA_DIR, { recursive: true }))
      const after = yield* doctor(env)
      for (const name of ["database", "schema", "clock", "storage"]) {
        assert.deepInclude(after.of(name), { outcome: "ok" })
      }
    }),
  120_000
)
