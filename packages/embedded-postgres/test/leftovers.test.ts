import { chown, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Exit, Fiber, Schedule, Scope } from "effect"
import { describe } from "vitest"
import { assertWorks, clusterFolder, isRoot, start, useStoppedCluster } from "./clusterFolder.ts"
import { query } from "./holding.ts"

const cluster = useStoppedCluster()

const write = (path: string, content: string) => Effect.promise(() => writeFile(path, content))

const aLockOf = (place: string) => JSON.stringify({ pid: 1, start: "1", place })

describe("a start cleans up", () => {
  it.scopedLive("a pid file whose number belongs to another process now", () =>
    Effect.gen(function* () {
      const directory = yield* cluster
      const data = join(directory, "data")
      const lines = [process.pid, data, 1, 5432, "", "127.0.0.1", "1 1", "ready", ""]
      yield* write(join(data, "postmaster.pid"), lines.join("\n"))
      yield* assertWorks(directory)
    })
  )

  it.scopedLive("a killed server whose processes still run", () =>
    Effect.gen(function* () {
      const directory = yield* cluster
      const scope = yield* Scope.make()
      const { pid, url } = yield* Scope.extend(start(directory), scope)
      yield* Effect.fork(Effect.ignore(query(url, "SELECT pg_sleep(60)")))
      const atWork = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
      yield* Effect.repeat(query(url, atWork), { until: (rows) => rows.length > 0 })
      process.kill(yield* pid, "SIGKILL")
      yield* Scope.close(scope, Exit.void)
      yield* assertWorks(directory)
    })
  )

  it.scopedLive("locks of dead processes, also when another process has the same number now", () =>
    Effect.gen(function* () {
      const directory = yield* cluster
      const lock = join(directory, "lock")
      const own = yield* Effect.scoped(
        Effect.zipRight(
          start(directory),
          Effect.promise(() => readFile(lock, "utf8"))
        )
      )
      const holder = JSON.parse(own) as Record<string, unknown>
      assert.strictEqual(holder.pid, process.pid)
      for (const stale of [
        { ...holder, start: "1" },
        { ...holder, pid: 2 ** 30 }
      ]) {
        yield* write(lock, JSON.stringify(stale))
        yield* assertWorks(directory)
      }
    })
  )

  it.scopedLive("a lock that was not updated for long, with any content", () =>
    Effect.gen(function* () {
      const directory = yield* cluster
      const lock = join(directory, "lock")
      for (const content of ["", "{", aLockOf("another machine")]) {
        yield* write(lock, content)
        yield* Effect.promise(() => utimes(lock, 1, 1))
        yield* assertWorks(directory)
      }
    })
  )

  it.scopedLive("the lock of a process in another container, but only after that stops updating it", () =>
    Effect.gen(function* () {
      const directory = yield* cluster
      const lock = join(directory, "lock")
      yield* write(lock, aLockOf("another container"))
      const touch = Effect.promise(() => utimes(lock, new Date(), new Date()))
      const touching = yield* Effect.fork(Effect.repeat(touch, Schedule.spaced("100 millis")))
      const error = yield* Effect.flip(Effect.scoped(start(directory)))
      yield* Fiber.interrupt(touching)
      assert.strictEqual(error.reason, "FolderInUse")
      assert.include(error.message, `${directory} is in use by process 1`)
      yield* assertWorks(directory)
    })
  )

  it.scopedLive("an unfinished cluster", () =>
    Effect.gen(function* () {
      const directory = yield* cluster
      const before = yield* Effect.promise(() => readdir(directory))
      yield* write(join(directory, "initdb-left"), "")
      yield* assertWorks(directory)
      const after = yield* Effect.promise(() => readdir(directory))
      deepStrictEqual(after, before)
    })
  )
})

describe("an error tells", () => {
  it.scopedLive("the end of the log when the server does not start", () =>
    Effect.gen(function* () {
      const directory = yield* cluster
      const settings = join(directory, "data", "postgresql.conf")
      const content = yield* Effect.promise(() => readFile(settings, "utf8"))
      yield* write(settings, `${content}\nno_such_setting = 1\n`)
      const error = yield* Effect.flip(Effect.scoped(start(directory)))
      assert.match(error.message, /did not start.*unrecognized configuration parameter "no_such_setting"/s)
      yield* write(settings, content)
      yield* assertWorks(directory)
    })
  )

  it.scopedLive("that the data is of another version of PostgreSQL", () =>
    Effect.gen(function* () {
      const directory = yield* cluster
      const version = join(directory, "data", "PG_VERSION")
      const content = yield* Effect.promise(() => readFile(version, "utf8"))
      yield* write(version, "9\n")
      const error = yield* Effect.flip(Effect.scoped(start(directory)))
      assert.strictEqual(error.reason, "OtherVersion")
      assert.match(error.message, /written by PostgreSQL 9, and this program brings PostgreSQL \d\d\./)
      yield* write(version, content)
    })
  )

  it.scopedLive("that the password is missing", () =>
    Effect.gen(function* () {
      const directory = yield* cluster
      const password = join(directory, "password")
      yield* Effect.promise(() => rename(password, `${password} away`))
      const error = yield* Effect.flip(Effect.scoped(start(directory)))
      assert.include(error.message, `the file ${password} is missing`)
      yield* Effect.promise(() => rename(`${password} away`, password))
    })
  )

  it.scopedLive("that the folder cannot be made", () =>
    Effect.gen(function* () {
      const directory = yield* cluster
      const error = yield* Effect.flip(Effect.scoped(start(join(directory, "password", "below a file"))))
      assert.match(error.message, /Making the folder failed: ENOTDIR/)
    })
  )
})

if (isRoot) {
  it.scopedLive(
    "root makes the server's user the owner of data that root owns, and of nothing that a link leads to",
    () =>
      Effect.gen(function* () {
        const directory = yield* cluster
        const data = join(directory, "data")
        const outside = yield* clusterFolder()
        const link = join(data, "link")
        yield* write(join(outside, "file"), "not the server's")
        yield* Effect.promise(() => symlink(outside, link).then(() => chown(data, 0, 0)))
        yield* assertWorks(directory)
        const owner = (path: string) => Effect.promise(async () => (await stat(path)).uid)
        assert.notStrictEqual(yield* owner(data), 0)
        assert.strictEqual(yield* owner(outside), 0)
        assert.strictEqual(yield* owner(join(outside, "file")), 0)
        yield* Effect.promise(() => rm(link))
      })
  )
}
