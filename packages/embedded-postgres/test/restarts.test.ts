import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Deferred, Effect, Exit, Logger, Scope } from "effect"
import { describe } from "vitest"
import { becomesTrue, startOf } from "../src/processes.ts"
import { withCrash } from "../src/supervise.ts"
import { start, useStoppedCluster } from "./clusterFolder.ts"
import { query } from "./holding.ts"

const cluster = useStoppedCluster()

/** Kills the server and gives the number of the next one. */
const crash = (pid: Effect.Effect<number>, signal: NodeJS.Signals = "SIGKILL") =>
  Effect.gen(function* () {
    const before = yield* pid
    process.kill(before, signal)
    assert.isTrue(
      yield* becomesTrue(
        Effect.map(pid, (now) => now !== before),
        "2 minutes"
      ),
      "a new server"
    )
    return yield* pid
  })

describe("a server that crashes", () => {
  it.scopedLive("is restarted at the same address with its data", () =>
    Effect.gen(function* () {
      // Without `fsync` a commit does not wait for the log, and a crash loses it.
      const { pid, url } = yield* start(yield* cluster, { fsync: true })
      yield* query(url, "CREATE TABLE kept AS SELECT 1 AS one")
      yield* crash(pid)
      deepStrictEqual(yield* query(url, "SELECT one FROM kept"), [{ one: 1 }])
      yield* crash(pid, "SIGQUIT")
      deepStrictEqual(yield* query(url, "SELECT one FROM kept"), [{ one: 1 }])
    })
  )

  it.scopedLive("is logged with the last lines of its log", () =>
    Effect.gen(function* () {
      const directory = yield* cluster
      const logged = yield* Deferred.make<string>()
      const listener = Logger.make<unknown, void>(({ logLevel, message }) => {
        if (logLevel._tag === "Error") Deferred.unsafeDone(logged, Effect.succeed(String(message)))
      })
      const { pid } = yield* Effect.provide(start(directory), Logger.add(listener))
      const first = yield* pid
      yield* crash(pid, "SIGQUIT")
      const message = yield* Deferred.await(logged)
      assert.include(message, `PostgreSQL in ${directory}: the server (process ${first}) ended unexpectedly`)
      assert.include(message, "received immediate shutdown request")
    })
  )

  it.scopedLive("fails after the allowed number of restarts, with what to do", () =>
    Effect.gen(function* () {
      const { failed, pid } = yield* start(yield* cluster, { maxRestarts: 1 })
      process.kill(yield* crash(pid), "SIGKILL")
      const error = yield* Effect.flip(failed)
      assert.strictEqual(error.reason, "Crashed")
      assert.match(error.message, /restarted 1 time within ten minutes.*Look for a full disk.*SIGKILL/s)
    })
  )

  it.scopedLive("is not restarted when it is stopped on purpose, also not after a restart", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { pid } = yield* Scope.extend(start(yield* cluster), scope)
      const second = yield* crash(pid)
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual(yield* pid, second)
      assert.isUndefined(yield* startOf(second))
    })
  )

  it("counts only the crashes of the last ten minutes", () => {
    const minutes = (count: number) => count * 60_000
    deepStrictEqual(withCrash([], 5), [5])
    deepStrictEqual(withCrash([0, minutes(1)], minutes(9)), [0, minutes(1), minutes(9)])
    deepStrictEqual(withCrash([0, minutes(1)], minutes(10.5)), [minutes(1), minutes(10.5)])
  })
})
