import { statSync } from "node:fs"
import { dirname } from "node:path"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Exit, Option, Scope, TestClock } from "effect"
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

  it.scoped("lets only the user of this program read what was uploaded", () =>
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

  it.scoped("removes folders of dead processes after a day, and no others", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* aFolder
      const now = Date.parse("2026-11-22T12:00:00Z")
      yield* TestClock.setTime(now)
      const hour = 3_600_000
      const left = [
        ["runner-connector-spool-dead", 25],
        ["runner-connector-spool-quiet", 23],
        ["somebody-elses", 1000]
      ] as const
      for (const [name, hours] of left) {
        yield* fs.makeDirectory(`${folder}/${name}/7`, { recursive: true })
        yield* fs.writeFileString(`${folder}/${name}/7/1`, "half of a video")
        const at = new Date(now - hours * hour)
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

  it.scoped("updates its folder, so that other processes keep it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* aFolder
      yield* TestClock.setTime(Date.now())
      const { spool } = yield* aSpool(folder)
      const request = yield* spool.folder
      const { path } = yield* request.create
      for (let hour = 0; hour < 50; hour++) {
        yield* TestClock.adjust("1 hour")
        // Uses the real file system, which no test clock moves.
        yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      }
      yield* aSpool(folder)
      assert.isTrue(yield* fs.exists(path))
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
