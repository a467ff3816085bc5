import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Layer, Redacted } from "effect"
import { describe } from "vitest"
import { GUARDIAN } from "../src/guardian.ts"
import { EmbeddedPostgres } from "../src/index.ts"
import { becomesTrue, startOf } from "../src/processes.ts"
import { clusterFolder, readableBinaries, stoppedCluster, users } from "./clusterFolder.ts"
import { hold, query } from "./holding.ts"

const hasEnded = (pid: number) => Effect.map(startOf(pid), (start) => start === undefined)

/** The guardian of the server. The server's number is its last argument. */
const guardianOf = (serverPid: number) =>
  Effect.sync(() => {
    const { stdout } = spawnSync("ps", ["-Ao", "pid=,args="], { encoding: "utf8" })
    const line = stdout.split("\n").find((text) => text.includes(GUARDIAN) && text.trimEnd().endsWith(` ${serverPid}`))
    return Number.parseInt(line ?? "0", 10)
  })

const endGuardian = (serverPid: number) =>
  Effect.map(guardianOf(serverPid), (pid) => {
    assert.isAbove(pid, 0)
    process.kill(pid, "SIGKILL")
  })

const assertEnds = (pid: number) =>
  Effect.map(becomesTrue(hasEnded(pid), "2 minutes"), (ended) => assert.isTrue(ended, `process ${pid} ends`))

describe.each(users)("as %s", (_, user) => {
  it.scopedLive("survives kill -9: refuses a second process before, stops the orphan after, and keeps the data", () =>
    Effect.gen(function* () {
      // A copied cluster belongs to the user that root's servers run as, so another user makes a cluster of its own.
      // That user may be unable to read the clone, so it gets a copy of the binaries.
      const options =
        user === undefined
          ? { directory: yield* stoppedCluster, fsync: false }
          : { directory: yield* clusterFolder(user), fsync: false, binaries: (yield* readableBinaries).binaries }
      const holder = yield* hold(options, user === undefined ? {} : { user })
      const first = yield* holder.server
      yield* query(first.url, "CREATE TABLE kept (n integer); INSERT INTO kept VALUES (42)")

      const refused = yield* Effect.flip(Effect.scoped(EmbeddedPostgres.start(options)))
      assert.strictEqual(refused.reason, "FolderInUse")
      assert.include(refused.message, `${options.directory} is in use by process ${holder.process.pid}`)

      const shared = Effect.flatMap(PgClient.PgClient, (sql) => sql`SELECT n FROM kept`)
      deepStrictEqual(yield* Effect.provide(shared, EmbeddedPostgres.layerShared(options)), [{ n: 42 }])

      yield* endGuardian(first.pid)
      yield* holder.kill("SIGKILL")
      assert.isFalse(yield* hasEnded(first.pid), "without its guardian the server outlives its process")
      const second = yield* Effect.scoped(
        Effect.gen(function* () {
          const { pid, url } = yield* EmbeddedPostgres.start(options)
          assert.isTrue(yield* hasEnded(first.pid), "the orphan was stopped")
          deepStrictEqual(yield* query(url, "SELECT n FROM kept"), [{ n: 42 }])
          return yield* pid
        })
      )
      assert.isTrue(yield* hasEnded(second), "the server ends with the scope")
      assert.isFalse(existsSync(join(options.directory, "lock")))
    })
  )
})

it.scopedLive("a process killed while it creates the data leaves none, and the next start creates them", () =>
  Effect.gen(function* () {
    const options = { directory: yield* clusterFolder(), fsync: false }
    const holder = yield* hold(options)
    const drafts = Effect.promise(async () =>
      (await readdir(options.directory)).filter((name) => name.startsWith("initdb-"))
    )
    assert.isTrue(
      yield* becomesTrue(
        Effect.map(drafts, (found) => found.some((name) => existsSync(join(options.directory, name, "data", "base")))),
        "2 minutes"
      )
    )
    yield* holder.kill("SIGKILL")
    assert.isFalse(existsSync(join(options.directory, "data")))
    const { url } = yield* EmbeddedPostgres.start(options)
    deepStrictEqual(yield* query(url, "SELECT 1 AS one"), [{ one: 1 }])
  })
)

describe("the server ends with its process", () => {
  it.scopedLive("when that exits without closing the scope", () =>
    Effect.gen(function* () {
      const directory = yield* stoppedCluster
      const holder = yield* hold({ directory, fsync: false }, { exits: true })
      const { pid } = yield* holder.server
      yield* holder.ended
      yield* assertEnds(pid)
    })
  )

  for (const signal of ["SIGKILL", "SIGHUP", "SIGQUIT"] as const) {
    it.scopedLive(`when that ends by ${signal}`, () =>
      Effect.gen(function* () {
        const directory = yield* stoppedCluster
        const holder = yield* hold({ directory, fsync: false })
        const { pid } = yield* holder.server
        const guardian = yield* guardianOf(pid)
        assert.isAbove(guardian, 0)
        yield* holder.kill(signal)
        yield* assertEnds(pid)
        yield* assertEnds(guardian)
      })
    )
  }

  it.scopedLive("when its whole group is sent SIGTERM twice, again and again", () =>
    Effect.gen(function* () {
      const directory = yield* stoppedCluster
      for (let round = 0; round < 5; round += 1) {
        const holder = yield* hold({ directory, fsync: false }, { ownGroup: true })
        const { pid } = yield* holder.server
        const group = -Number(holder.process.pid)
        process.kill(group, "SIGTERM")
        process.kill(group, "SIGTERM")
        yield* holder.ended
        yield* assertEnds(pid)
      }
    })
  )
})

it.scopedLive("layerShared starts a server when none runs on the folder", () =>
  Effect.gen(function* () {
    const options = { directory: yield* stoppedCluster, fsync: false, maxConnections: 1 }
    const sql = yield* Layer.build(EmbeddedPostgres.layerShared(options))
    const url = Redacted.value((yield* Effect.provide(PgClient.PgClient, sql)).config.url as Redacted.Redacted<string>)
    assert.match(url, /^postgres:\/\/postgres:[0-9a-f]{64}@127\.0\.0\.1:\d+\/postgres$/)
  })
)
