import { type PlatformError, SystemError } from "@effect/platform/Error"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Deferred, Effect, Exit, Fiber, Option, Scope, TestServices } from "effect"
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

const failed = (cause: PlatformError) => ({ _tag: "Broken", cause })

/** Each piece is written and synced alone. */
const once = { hold: 1, syncEvery: 1 }

const bytes = (length: number) => new Uint8Array(length)

describe("writing behind", () => {
  it.effect("collects pieces until there are enough, and the next ones while they are written", () =>
    Effect.gen(function* () {
      const { begun, done, file, finish } = yield* slowFile
      const behind = yield* WriteBehind.make(file, failed, { hold: 6 })
      for (const size of [1, 2, 3, 5]) yield* Effect.fork(behind.write(bytes(size)))
      yield* Effect.yieldNow()
      const last = yield* Effect.fork(behind.write(bytes(4)))
      yield* Effect.yieldNow()
      deepStrictEqual([begun, yield* last.poll], [[6], Option.none()])
      yield* finish
      yield* Fiber.join(last)
      yield* behind.end
      deepStrictEqual(done, ["write 6", "write 6", "write 3"])
    }).pipe(Effect.scoped)
  )

  it.effect("writes the bytes in their order, and all of them", () =>
    Effect.gen(function* () {
      const written: Array<number> = []
      const writeAll = (some: Uint8Array) =>
        Effect.delay(
          Effect.sync(() => void written.push(...some)),
          1
        )
      const behind = yield* WriteBehind.make({ writeAll, sync: Effect.void }, failed, { hold: 7, syncEvery: 5 })
      const numbers = Array.from({ length: 100 }, (_, index) => index)
      for (let at = 0; at < 100; at += 4) yield* behind.write(Uint8Array.from(numbers.slice(at, at + 4)))
      yield* behind.end
      yield* behind.sync
      deepStrictEqual(written, numbers)
    }).pipe(Effect.scoped, TestServices.provideLive)
  )

  it.effect("syncs while bytes arrive, and the rest when it is asked to", () =>
    Effect.gen(function* () {
      const { done, file, finish } = yield* slowFile
      const behind = yield* WriteBehind.make(file, failed, { hold: 1, syncEvery: 10 })
      yield* finish
      for (const size of [6, 6, 3, 8, 1]) yield* behind.write(bytes(size))
      yield* behind.end
      yield* behind.settle
      const syncs = () => done.filter((one) => one === "sync").length
      assert.strictEqual(syncs(), 2)
      yield* behind.sync
      yield* behind.sync
      assert.strictEqual(syncs(), 3)
    }).pipe(Effect.scoped)
  )

  it.effect("fails when a write or a sync failed in the background", () =>
    Effect.gen(function* () {
      const failing = { writeAll: () => Effect.fail(broken("ENOSPC")), sync: Effect.void }
      const unwritten = yield* WriteBehind.make(failing, failed, { hold: 1 })
      yield* unwritten.write(bytes(1))
      assert.strictEqual((yield* Effect.flip(unwritten.write(bytes(1))))._tag, "Broken")
      assert.strictEqual((yield* Effect.flip(unwritten.end))._tag, "Broken")
      const unsynced = yield* WriteBehind.make(
        { writeAll: () => Effect.void, sync: Effect.fail(broken("EIO")) },
        failed,
        once
      )
      yield* unsynced.write(bytes(1))
      yield* unsynced.write(bytes(1))
      yield* unsynced.end
      assert.strictEqual((yield* Effect.flip(unsynced.settle))._tag, "Broken")
      assert.strictEqual((yield* Effect.flip(unsynced.sync))._tag, "Broken")
    }).pipe(Effect.scoped)
  )

  it.effect("works on a file system that cannot sync", () =>
    Effect.gen(function* () {
      const behind = yield* WriteBehind.make(
        { writeAll: () => Effect.void, sync: Effect.fail(broken("EINVAL")) },
        failed,
        once
      )
      yield* behind.write(bytes(1))
      yield* behind.write(bytes(1))
      yield* behind.end
      yield* behind.sync
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
      const behind = yield* Scope.extend(WriteBehind.make(file, failed, { hold: 1 }), scope)
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
