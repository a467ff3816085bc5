import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, TestClock } from "effect"
import { sweepTemporaryFolders, temporaryFolder } from "../src/temporaryFolder.ts"

const aParent = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "sweep-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
)

const age = (path: string, millis: number) => utimesSync(path, new Date(millis), new Date(millis))

it.scoped("folders of killed processes are swept after an hour, and nothing else", () =>
  Effect.gen(function* () {
    const parent = yield* aParent
    // The file system has its own clock.
    const now = statSync(parent).mtimeMs
    const hours = (count: number) => now - count * 3_600_000
    const aFolder = (name: string, hoursOld: number) => {
      const folder = join(parent, name)
      mkdirSync(folder)
      writeFileSync(join(folder, "remuxed.mp4"), "x")
      age(folder, hours(hoursOld))
      return folder
    }
    const [old, picture] = [aFolder("runner-connector-remux-a", 1.1), aFolder("runner-connector-frame-a", 1.1)]
    const young = aFolder("runner-connector-remux-b", 0.9)
    const foreign = aFolder("runner-connector-spool-a", 9)
    const target = aFolder("target", 9)
    symlinkSync(target, join(parent, "runner-connector-remux-link"))
    yield* sweepTemporaryFolders(parent)
    deepStrictEqual([old, picture, young, foreign, target].map(existsSync), [false, false, true, true, true])
    yield* sweepTemporaryFolders(join(parent, "missing"))
  })
)

it.scoped("a folder in use shows life, and goes with its scope", () =>
  Effect.gen(function* () {
    const parent = yield* aParent
    const inUse = Effect.gen(function* () {
      const folder = yield* temporaryFolder("remux", parent)
      const created = statSync(folder).mtimeMs
      age(folder, 0)
      yield* TestClock.adjust("61 seconds")
      const moved = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))
      yield* Effect.repeat(moved, { until: () => statSync(folder).mtimeMs > 0 })
      assert.isAtLeast(statSync(folder).mtimeMs, created + 59_000)
      yield* sweepTemporaryFolders(parent)
      assert.isTrue(existsSync(folder))
      return folder
    })
    assert.isFalse(existsSync(yield* Effect.scoped(inUse)))
  })
)
