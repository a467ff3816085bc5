import { statSync } from "node:fs"
import { dirname } from "node:path"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { eventually } from "@runner-connector/contracts"
import { Clock, Effect, Exit, Fiber, Option, Scope, TestClock } from "effect"
import * as Spool from "../src/body/Spool.ts"
import { SpoolError } from "../src/http/ProtocolErrors.ts"

const aFolder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped({ prefix: "spool-test-" }))

const namesIn = (folder: string) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readDirectory(folder))

/** A spool in the folder, with an effect that ends it. */
const aSpool = (folder: string) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const spool = yield* Effect.provideService(Spool.make(Option.some(folder)), Scope.Scope, scope)
    return { spool, close: Scope.close(scope, Exit.void) }
  })

describe("Spool", () => {
  it.scoped("creates missing folders, and removes its own at the end", () =>
    Effect.gen(function* () {
      const folder = yield* aFolder
      const { close, spool } = yield* aSpool(`${folder}/a/b`)
      const request = yield* spool.folder
      const { file, path } = yield* request.create
      yield* file.writeAll(Uint8Array.of(1, 2, 3))
      assert.isTrue(path.startsWith(`${folder}/a/b/`))
      yield* request.release
      yield* request.release
      yield* close
      deepStrictEqual(yield* namesIn(`${folder}/a/b`), [])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("lets only the user of this program read uploads", () =>
    Effect.gen(function* () {
      const folder = yield* aFolder
      const { spool } = yield* aSpool(`${folder}/a`)
      const { path } = yield* Effect.flatMap(spool.folder, ({ create }) => create)
      const modes: Array<string> = []
      for (let place = path; place !== folder; place = dirname(place)) {
        modes.push((statSync(place).mode & 0o777).toString(8))
      }
      deepStrictEqual(modes, ["600", "700", "700", "700"])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("creates no folder for requests without files", () =>
    Effect.gen(function* () {
      const folder = yield* aFolder
      const { spool } = yield* aSpool(folder)
      const [own] = yield* namesIn(folder)
      const request = yield* spool.folder
      deepStrictEqual(yield* namesIn(`${folder}/${own}`), [])
      yield* request.release
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("keeps files that are still needed at the end, until they are released", () =>
    Effect.gen(function* () {
      const folder = yield* aFolder
      const { close, spool } = yield* aSpool(folder)
      const request = yield* spool.folder
      yield* request.create
      yield* close
      assert.lengthOf(yield* namesIn(folder), 1)
      yield* request.release
      deepStrictEqual(yield* namesIn(folder), [])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("removes folders of dead processes after an hour, and no others", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* aFolder
      const now = Date.now()
      yield* TestClock.setTime(now)
      const minute = 60_000
      const left = [
        ["runner-connector-spool-dead", 61],
        ["runner-connector-spool-quiet", 59],
        ["somebody-elses", 1000]
      ] as const
      for (const [name, minutes] of left) {
        yield* fs.makeDirectory(`${folder}/${name}/7`, { recursive: true })
        yield* fs.writeFileString(`${folder}/${name}/7/1`, "half of a video")
        const at = new Date(now - minutes * minute)
        yield* fs.utimes(`${folder}/${name}`, at, at)
      }
      yield* fs.writeFileString(`${folder}/runner-connector-spool-file`, "")
      yield* fs.utimes(`${folder}/runner-connector-spool-file`, 0, 0)
      yield* aSpool(folder)
      const names = yield* namesIn(folder)
      assert.notInclude(names, "runner-connector-spool-dead")
      assert.includeMembers(
        [...names],
        ["runner-connector-spool-quiet", "somebody-elses", "runner-connector-spool-file"]
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("keeps new folders where the clock of the file system is behind that of the server", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* aFolder
      yield* TestClock.setTime(Date.now() + 7_200_000)
      yield* fs.makeDirectory(`${folder}/runner-connector-spool-new`)
      yield* aSpool(folder)
      assert.include(yield* namesIn(folder), "runner-connector-spool-new")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("updates its folder, so that other processes keep it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* aFolder
      yield* TestClock.setTime(Date.now())
      const { spool } = yield* aSpool(folder)
      const request = yield* spool.folder
      const { path } = yield* request.create
      const own = dirname(dirname(path))
      for (let minute = 0; minute < 10; minute++) {
        yield* TestClock.adjust("1 minute")
        const now = yield* Clock.currentTimeMillis
        // The sign of life goes through the real file system, which no test clock moves.
        yield* eventually(fs.stat(own), ({ mtime }) => Option.exists(mtime, (at) => at.getTime() >= now - 1000))
      }
      yield* aSpool(folder)
      assert.isTrue(yield* fs.exists(path))
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("looks again for what others have left while it runs", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* aFolder
      yield* TestClock.setTime(Date.now())
      yield* aSpool(folder)
      yield* fs.makeDirectory(`${folder}/runner-connector-spool-dead`)
      const isGone = Effect.gen(function* () {
        yield* TestClock.adjust("10 minutes")
        yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
        return !(yield* fs.exists(`${folder}/runner-connector-spool-dead`))
      })
      yield* Effect.repeat(isGone, { until: (gone) => gone, times: 1000 })
      assert.lengthOf(yield* namesIn(folder), 1)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("leaves no folder behind of a request that breaks off while its folder is made", () =>
    Effect.gen(function* () {
      const folder = yield* aFolder
      const { spool } = yield* aSpool(folder)
      const [own] = yield* namesIn(folder)
      for (let requests = 0; requests < 50; requests++) {
        const request = yield* spool.folder
        const receiving = yield* Effect.fork(Effect.scoped(Effect.ensuring(request.create, request.release)))
        // After none, one, two … turns: in each of the calls that make the folder and the file.
        for (let turns = 0; turns < requests % 5; turns++) yield* Effect.yieldNow()
        yield* Fiber.interrupt(receiving)
      }
      deepStrictEqual(yield* namesIn(`${folder}/${own}`), [])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("finds whole files of dead processes, keeps them for another hour, and removes no others", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* aFolder
      yield* TestClock.setTime(Date.now())
      const dead = `${folder}/runner-connector-spool-dead`
      yield* fs.makeDirectory(`${dead}/7`, { recursive: true })
      yield* fs.makeDirectory(`${folder}/others/7`, { recursive: true })
      for (const file of [`${dead}/7/1`, `${folder}/others/7/1`]) yield* fs.writeFileString(file, "video")
      const old = new Date(Date.now() - 59 * 60_000)
      yield* fs.utimes(dead, old, old)
      const { spool } = yield* aSpool(folder)
      const found = yield* Effect.forEach(
        [
          [`${dead}/7/1`, 5] as const,
          [`${dead}/7/1`, 6] as const,
          [`${dead}/7/2`, 5] as const,
          [`${folder}/others/7/1`, 5] as const
        ],
        ([path, size]) => spool.find(path, size)
      )
      deepStrictEqual(found, [true, false, false, false])
      yield* TestClock.adjust("30 minutes")
      yield* aSpool(folder)
      assert.isTrue(yield* spool.find(`${dead}/7/1`, 5))
      yield* spool.discard(`${folder}/others/7/1`)
      yield* spool.discard(`${dead}/7/1`)
      deepStrictEqual(yield* namesIn(dead), [])
      assert.isTrue(yield* fs.exists(`${folder}/others/7/1`))
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("fails with a message if the folder cannot be created", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* aFolder
      yield* fs.writeFileString(`${folder}/file`, "")
      const error = yield* Effect.flip(Spool.make(Option.some(`${folder}/file`)))
      assert.instanceOf(error, SpoolError)
      assert.include(error.message, "check that it exists")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("uses the system's folder by default", () =>
    Effect.gen(function* () {
      const spool = yield* Spool.make(Option.none())
      const request = yield* spool.folder
      const { path } = yield* request.create
      assert.include(path, "runner-connector-spool-")
      yield* request.release
    }).pipe(Effect.scoped, Effect.provide(NodeContext.layer))
  )
})
