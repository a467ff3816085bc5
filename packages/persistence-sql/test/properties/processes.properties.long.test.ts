import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, FastCheck as fc, Layer, Option, Queue, Redacted, TestClock } from "effect"
import { jobsOf, register } from "../../../core/test/support/actions.ts"
import { removeAgain } from "../../../core/test/support/asking.ts"
import { assertParents } from "../../../core/test/support/commands.ts"
import { assertAllTold, assertConsistent } from "../../../core/test/support/invariants.ts"
import { startProcess } from "../../../core/test/support/Process.ts"
import { propertyOptions } from "../../../core/test/support/properties.ts"
import { goOn } from "../../../core/test/support/sweep.ts"
import { asTimeGoesBy } from "../../../core/test/support/time.ts"
import type { World } from "../../../core/test/support/World.ts"
import { SqlStores } from "../../src/index.ts"
import { temporaryFolder, usePostgres } from "../postgresServer.ts"
import type { Report } from "./order.ts"
import { makeSqlWorld } from "./SqlWorld.ts"
import { startServer } from "./servers.ts"
import { sharedFiles, storedKeys } from "./sharedFiles.ts"
import { makeWatch } from "./watching.ts"

const postgres = usePostgres()

const PROCESSES = 2
/** Of each runner. */
const COMMANDS = 20

const seen = new Map<string, number>()

/** After every so many commands the world is looked at, unless somebody still looks. */
const SELDOM = 8

const watching = (world: World, commands: Queue.Dequeue<void>) =>
  Effect.forever(Effect.zipRight(Queue.take(commands), makeWatch(world)))

/** What one server has noted is true of the world. */
const takeOver = (world: World, { edits, removals, reopened }: Report): void => {
  world.reopened += reopened
  for (const [id, count] of edits) world.edits.set(id, (world.edits.get(id) ?? 0) + count)
  for (const id of removals) world.removals.add(id as never)
}

/** What was answered well is in the rows: no write was lost to another one. */
const assertKept = (world: World, reports: ReadonlyArray<Report>): void => {
  const accepted = reports.flatMap((report) => report.accepted)
  const failed = reports.flatMap((report) => report.failed)
  for (const { attempts, id, type } of jobsOf(world)) {
    const count = (ids: ReadonlyArray<string>) => ids.filter((one) => one === id).length
    const failures = attempts.filter(({ end }) => Option.exists(end, ({ outcome }) => outcome === "failed"))
    assert.strictEqual(attempts.length, count(accepted), `every try of a ${type} is noted`)
    assert.strictEqual(failures.length, count(failed), `every failure of a ${type} is noted`)
  }
}

const live = (seed: number) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const url = yield* postgres.migratedAddress
    const sql = Layer.provideMerge(SqlStores.layerStores, PgClient.layer({ url, maxConnections: 3 }))
    yield* Effect.gen(function* () {
      const files = yield* sharedFiles(folder, "parent")
      const world: World = { ...(yield* makeSqlWorld(files)), files: storedKeys(folder) as World["files"] }
      const commands = yield* Queue.sliding<void>(1)
      let count = 0
      const onCommand = () => {
        count += 1
        if (count % SELDOM === 0) commands.unsafeOffer(undefined)
      }
      const running = yield* Effect.forEach(
        Array.from({ length: PROCESSES }, (_, n) => n),
        (n) =>
          startServer(
            { url: Redacted.value(url), folder, name: `server-${n}`, seed: seed + n * 100, commands: COMMANDS },
            onCommand
          )
      )
      const watch = yield* Effect.fork(watching(world, commands))
      const reports = yield* Effect.raceFirst(Effect.all(running, { concurrency: "unbounded" }), Fiber.join(watch))
      yield* Fiber.interrupt(watch)
      for (const report of reports) takeOver(world, report)
      yield* TestClock.setTime(Date.now())
      yield* world.refresh
      assertParents(world)
      assertKept(world, reports)
      yield* assertConsistent(world)
      const server = yield* startProcess(world)
      yield* asTimeGoesBy(removeAgain(server))
      yield* goOn(server, yield* register(server, "last"))
      assertParents(world)
      assertAllTold(world)
      for (const said of reports.flatMap(({ answers }) => answers)) seen.set(said, (seen.get(said) ?? 0) + 1)
    }).pipe(Effect.provide(sql))
  })

describe("several processes on one database and one folder,", () => {
  it.scoped.prop(
    "each with several runners: nothing is lost, doubled or left over",
    { seed: fc.nat() },
    ({ seed }) => live(seed),
    // What processes do at once is never quite the same again: there is nothing to make smaller.
    { ...propertyOptions(1), fastCheck: { ...propertyOptions(1).fastCheck, endOnFailure: true } }
  )

  it("and what usually happens did happen", () => {
    const wanted = ["take in: ok", "succeed: ok"]
    assert.includeMembers([...seen.keys()], wanted, JSON.stringify([...seen]))
  })
})
