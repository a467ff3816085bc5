import { SystemError } from "@effect/platform/Error"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Deferred, Effect, Exit, Fiber, Scope } from "effect"
import * as WriteBehind from "../src/body/WriteBehind.ts"

const broken = (code: string) =>
  new SystemError({
    module: "FileSystem",
    method: "sync",
    reason: "Unknown",
    cause: Object.assign(new Error(), { code })
  })

/** A file that finishes its writes only when it may. */
const slowFile = Effect.gen(function* () {
  const mayFinish = yield* Deferred.make<void>()
  const begun: Array<number> = []
  const done: Array<string> = []
  return {
    begun,
    done,
    finish: Deferred.succeed(mayFinish, undefined),
    file: {
      writeAll: (bytes: Uint8Array) =>
        Effect.suspend(() => {
          begun.push(bytes.length)
          return Effect.map(Deferred.await(mayFinish), () => void done.push(`write ${bytes.length}`))
        }),
      sync: Effect.sync(() => void done.push("sync"))
    }
  }
})

const bytes = (length: number) => new Uint8Array(length)

describe("writing behind", () => {
  it.effect("takes the next piece while one is written, and no third one", () =>
    Effect.gen(function* () {
      const { begun, done, file, finish } = yield* slowFile
      const behind = yield* WriteBehind.make(file)
      yield* behind.write(bytes(1))
      yield* Effect.yieldNow()
      const second = yield* Effect.fork(behind.write(bytes(2)))
      yield* Effect.yieldNow()
      deepStrictEqual(begun, [1])
      yield* finish
      yield* Fiber.join(second)
      yield* behind.end
      deepStrictEqual(done, ["write 1", "write 2"])
    }).pipe(Effect.scoped)
  )

  it.effect("syncs while bytes arrive", () =>
    Effect.gen(function* () {
      const { done, file, finish } = yield* slowFile
      const behind = yield* WriteBehind.make(file, 10)
      yield* finish
      for (const size of [6, 6, 3, 8, 1]) yield* behind.write(bytes(size))
      yield* behind.end
      deepStrictEqual(
        done.filter((one) => one === "sync"),
        ["sync", "sync"]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("fails when a write or a sync failed in the background", () =>
    Effect.gen(function* () {
      const failing = { writeAll: () => Effect.fail(broken("ENOSPC")), sync: Effect.void }
      const unwritten = yield* WriteBehind.make(failing)
      yield* unwritten.write(bytes(1))
      assert.strictEqual((yield* Effect.flip(unwritten.write(bytes(1))))._tag, "SpoolError")
      assert.strictEqual((yield* Effect.flip(unwritten.end))._tag, "SpoolError")
      const unsynced = yield* WriteBehind.make({ writeAll: () => Effect.void, sync: Effect.fail(broken("EIO")) }, 1)
      yield* unsynced.write(bytes(1))
      yield* unsynced.write(bytes(1))
      assert.strictEqual((yield* Effect.flip(unsynced.end))._tag, "SpoolError")
    }).pipe(Effect.scoped)
  )

  it.effect("works on a file system that cannot sync", () =>
    Effect.gen(function* () {
      const behind = yield* WriteBehind.make({ writeAll: () => Effect.void, sync: Effect.fail(broken("EINVAL")) }, 1)
      yield* behind.write(bytes(1))
      yield* behind.write(bytes(1))
      yield* behind.end
    }).pipe(Effect.scoped)
  )

  it.effect("finishes a write before its file is closed", () =>
    Effect.gen(function* () {
      const { done, file, finish } = yield* slowFile
      const scope = yield* Scope.make()
      yield* Scope.addFinalizer(
        scope,
        Effect.sync(() => void done.push("closed"))
      )
      const behind = yield* Scope.extend(WriteBehind.make(file), scope)
      yield* behind.write(bytes(1))
      yield* Effect.yieldNow()
      const closing = yield* Effect.fork(Scope.close(scope, Exit.void))
      yield* Effect.yieldNow()
      yield* finish
      yield* Fiber.join(closing)
      deepStrictEqual(done, ["write 1", "closed"])
    })
  )
})
