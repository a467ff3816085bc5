import { stat } from "node:fs/promises"
import { createServer } from "node:net"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Redacted } from "effect"
import { describe } from "vitest"
import { freePort } from "../../../test/fixtures/freePort.mjs"
import { startOf } from "../src/processes.ts"
import { assertWorks, clusterFolder, start, useStoppedCluster } from "./clusterFolder.ts"
import { query } from "./holding.ts"

const cluster = useStoppedCluster()

describe("an embedded server", () => {
  it.scopedLive("starts on an empty folder and again on its data, and ends with the scope", () =>
    Effect.gen(function* () {
      const directory = join(yield* clusterFolder(), "made", "when missing")
      const pid = yield* Effect.scoped(
        Effect.gen(function* () {
          const server = yield* start(directory)
          yield* query(server.url, "CREATE TABLE kept AS SELECT 'Ünïcödé 🦦' AS text")
          return yield* server.pid
        })
      )
      assert.isUndefined(yield* startOf(pid))
      const { url } = yield* start(directory)
      deepStrictEqual(yield* query(url, "SELECT text FROM kept"), [{ text: "Ünïcödé 🦦" }])
    })
  )

  it.scopedLive("works in a folder with a difficult and long name", () =>
    Effect.gen(function* () {
      const name = `it's a "näme" with $HOME & spaces; ${"long ".repeat(30)}`
      yield* assertWorks(join(yield* clusterFolder(), name, name.trim()))
    })
  )

  it.scoped("starts under a test clock", () =>
    Effect.flatMap(cluster, (directory) => Effect.asVoid(Effect.scoped(start(directory))))
  )

  it.scopedLive("requires the password, which only the owner of the folder can read", () =>
    Effect.gen(function* () {
      const directory = yield* cluster
      const { port, url } = yield* start(directory)
      const { mode } = yield* Effect.promise(() => stat(join(directory, "password")))
      assert.strictEqual(mode & 0o777, 0o600)
      const guess = new URL(Redacted.value(url))
      guess.password = "guess"
      const error = yield* Effect.flip(query(Redacted.make(guess.href), "SELECT 1"))
      assert.match(String(error.cause), /password authentication failed/)
      const settings = yield* query(url, "SHOW listen_addresses")
      deepStrictEqual(settings, [{ listen_addresses: "127.0.0.1" }])
      assert.strictEqual(new URL(Redacted.value(url)).port, String(port))
    })
  )

  it.scopedLive("listens on the given port, and reports when that is taken", () =>
    Effect.gen(function* () {
      const directory = yield* cluster
      const port = yield* Effect.promise(freePort)
      const other = yield* Effect.acquireRelease(
        Effect.async<ReturnType<typeof createServer>>((resume) => {
          const server = createServer().listen(port, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.async<void>((resume) => void server.close(() => resume(Effect.void)))
      )
      const error = yield* Effect.flip(Effect.scoped(start(directory, { port })))
      assert.strictEqual(error.reason, "PortInUse")
      assert.include(error.message, `port ${port} of 127.0.0.1 is taken`)
      yield* Effect.async<void>((resume) => void other.close(() => resume(Effect.void)))
      assert.strictEqual((yield* start(directory, { port })).port, port)
    })
  )

  it.scopedLive("does not start twice in the same process", () =>
    Effect.gen(function* () {
      const directory = yield* cluster
      yield* start(directory)
      const error = yield* Effect.flip(Effect.scoped(start(directory)))
      assert.strictEqual(error.reason, "FolderInUse")
      assert.include(error.message, `${directory} is in use by process ${process.pid}`)
    })
  )

  it.scopedLive("leaves nothing behind when its start is interrupted", () =>
    Effect.gen(function* () {
      const directory = yield* clusterFolder()
      yield* Effect.ignore(Effect.timeout(Effect.scoped(start(directory)), "50 millis"))
      yield* assertWorks(directory)
    })
  )
})
