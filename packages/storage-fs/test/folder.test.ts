import { execFileSync } from "node:child_process"
import { FileSystem } from "@effect/platform"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { eventually } from "@runner-connector/contracts"
import { FileStorage } from "@runner-connector/core"
import { FsStorage } from "@runner-connector/storage-fs"
import {
  Clock,
  Config,
  ConfigProvider,
  Context,
  Deferred,
  Effect,
  Fiber,
  Layer,
  Option,
  Stream,
  TestClock
} from "effect"
import { inRoot, key, machine, outsideFile, read, realStorage, Workspace, write } from "./workspace.ts"

const HOUR = 60 * 60 * 1000

it.layer(realStorage)("FsStorage: the files in the folder", (it) => {
  it.effect("keeps each file under its key, and the source is that file", () =>
    Effect.gen(function* () {
      const files = yield* FileStorage.FileStorage
      const fs = yield* FileSystem.FileSystem
      yield* write("a/b/video.mp4", "bytes")
      const place = yield* inRoot("a/b/video.mp4")
      assert.strictEqual(yield* fs.readFileString(place), "bytes")
      const source = yield* Effect.scoped(files.source(key("a/b/video.mp4")))
      deepStrictEqual(source, FileStorage.MediaSource.Path({ path: place }))
    })
  )

  it.effect("removes the folders that became empty, but never the root", () =>
    Effect.gen(function* () {
      const files = yield* FileStorage.FileStorage
      const fs = yield* FileSystem.FileSystem
      yield* write("one/two/three/x", "x")
      yield* write("one/y", "y")
      yield* files.remove(key("one/two/three/x"))
      deepStrictEqual(yield* fs.readDirectory(yield* inRoot("one")), ["y"])
      yield* files.remove(key("one/y"))
      assert.isFalse(yield* fs.exists(yield* inRoot("one")))
      yield* write("one/live/x", "x")
      yield* write("one/y", "y")
      yield* files.removeFolder(key("one/live"))
      deepStrictEqual(yield* fs.readDirectory(yield* inRoot("one")), ["y"])
      yield* files.removeFolder(key("one"))
      assert.isFalse(yield* fs.exists(yield* inRoot("one")))
      assert.isTrue(yield* fs.exists(yield* inRoot(".tmp")))
    })
  )

  it.effect("takes pipes and folders for no files, without waiting at a pipe", () =>
    Effect.gen(function* () {
      const files = yield* FileStorage.FileStorage
      const fs = yield* FileSystem.FileSystem
      yield* fs.makeDirectory(yield* inRoot("folder"))
      execFileSync("mkfifo", [yield* inRoot("pipe")])
      for (const name of ["folder", "pipe"]) {
        assert.strictEqual((yield* Effect.flip(read(name)))._tag, "FileNotFound")
        assert.strictEqual((yield* Effect.flip(files.stat(key(name))))._tag, "FileNotFound")
        const adopted = yield* Effect.flip(files.adopt(key("adopted"), yield* inRoot(name)))
        assert.strictEqual(adopted._tag, "FileStorageError")
      }
    })
  )

  it.effect("finds nothing under a name that is too long for a file, and cannot write it", () =>
    Effect.gen(function* () {
      const files = yield* FileStorage.FileStorage
      const name = "x".repeat(300)
      assert.strictEqual((yield* Effect.flip(read(name)))._tag, "FileNotFound")
      yield* files.remove(key(name))
      assert.strictEqual((yield* Effect.flip(write(name, "x")))._tag, "FileStorageError")
      deepStrictEqual(yield* (yield* FileSystem.FileSystem).readDirectory(yield* inRoot(".tmp")), [])
    })
  )

  it.effect("does not let a folder be replaced by a file", () =>
    Effect.gen(function* () {
      yield* write("album/one", "1")
      assert.strictEqual((yield* Effect.flip(write("album", "x")))._tag, "FileStorageError")
      assert.strictEqual((yield* Effect.flip(write("album/one/two", "x")))._tag, "FileStorageError")
      assert.strictEqual(yield* read("album/one"), "1")
    })
  )
})

it.layer(machine)("FsStorage: setting up", (it) => {
  const build = (root: string, options: Partial<FsStorage.FsStorageOptions> = {}) =>
    Effect.scoped(Layer.build(FsStorage.layer({ root, ...options })))

  it.effect("sweeps unfinished files without a sign of life for an hour", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { root } = yield* Workspace
      yield* build(root)
      const now = Date.now()
      yield* TestClock.setTime(now)
      for (const [name, age] of [
        ["dead", HOUR + 1000],
        ["alive", HOUR - 60_000]
      ] as const) {
        yield* fs.writeFileString(`${root}/.tmp/${name}`, "half")
        yield* fs.utimes(`${root}/.tmp/${name}`, new Date(now - age), new Date(now - age))
      }
      const precious = yield* outsideFile("precious")
      yield* fs.utimes(precious, new Date(0), new Date(0))
      yield* fs.symlink(precious, `${root}/.tmp/link`)
      yield* build(root)
      deepStrictEqual(yield* fs.readDirectory(`${root}/.tmp`), ["alive"])
      assert.isTrue(yield* fs.exists(precious))
      yield* build(root, { sweepAfter: "10 minutes" })
      deepStrictEqual(yield* fs.readDirectory(`${root}/.tmp`), [])
    })
  )

  it.effect("sweeps no new file where the clock of the file system is behind that of the server", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { root } = yield* Workspace
      yield* TestClock.setTime(Date.now() + 2 * HOUR)
      yield* build(root)
      yield* fs.writeFileString(`${root}/.tmp/new`, "half")
      yield* build(root)
      deepStrictEqual(yield* fs.readDirectory(`${root}/.tmp`), ["new"])
    })
  )

  it.scoped("sweeps them periodically, but never a file that is still being written", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { root } = yield* Workspace
      yield* TestClock.setTime(Date.now())
      const context = yield* Layer.build(FsStorage.layer({ root }))
      const files = Context.get(context, FileStorage.FileStorage)
      const begun = yield* Deferred.make<void>()
      const finish = yield* Deferred.make<void>()
      const content = Stream.concat(
        Stream.make(new Uint8Array(1)).pipe(Stream.tap(() => Deferred.succeed(begun, undefined))),
        Stream.fromEffect(Effect.as(Deferred.await(finish), new Uint8Array(1)))
      )
      const writing = yield* Effect.fork(files.write(key("slow"), content))
      yield* Deferred.await(begun)
      const [slow = ""] = yield* fs.readDirectory(`${root}/.tmp`)
      yield* fs.writeFileString(`${root}/.tmp/dead`, "half")
      const lag = Effect.gen(function* () {
        const { mtime } = yield* fs.stat(`${root}/.tmp/${slow}`)
        return (yield* Clock.currentTimeMillis) - Option.getOrThrow(mtime).getTime()
      })
      const left = Effect.gen(function* () {
        yield* TestClock.adjust("15 minutes")
        // Calls of the real file system take their time, and the test clock must not run away from them.
        yield* eventually(lag, (millis) => millis < HOUR / 2)
        return yield* fs.readDirectory(`${root}/.tmp`)
      })
      const names = yield* Effect.repeat(left, { until: ({ length }) => length < 2, times: 1000 })
      assert.lengthOf(names, 1)
      yield* Effect.repeatN(left, 20)
      yield* Deferred.succeed(finish, undefined)
      yield* Fiber.join(writing)
      deepStrictEqual((yield* files.stat(key("slow"))).size, 2)
    })
  )

  it.effect("removes the empty folder that a killed process has left, with the file that it was to receive", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { root } = yield* Workspace
      yield* Effect.gen(function* () {
        const files = yield* FileStorage.FileStorage
        yield* fs.makeDirectory(`${root}/uploads/left/behind`, { recursive: true })
        yield* files.remove(key("uploads/left/behind/video.mp4"))
        assert.isFalse(yield* fs.exists(`${root}/uploads`))
      }).pipe(Effect.provide(FsStorage.layer({ root })))
    })
  )

  it.effect("says at once when the folder cannot be used", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { outside } = yield* Workspace
      yield* fs.writeFileString(`${outside}/file`, "")
      yield* fs.makeDirectory(`${outside}/linked`)
      yield* fs.symlink(outside, `${outside}/linked/.tmp`)
      for (const root of [`${outside}/file`, `${outside}/file/below`, `${outside}/linked`]) {
        const error = yield* Effect.flip(build(root))
        assert.strictEqual(error._tag, "UnusableRoot")
        assert.strictEqual(error.root, root)
      }
    })
  )

  it.effect("takes its folder from the host's configuration", () =>
    Effect.gen(function* () {
      const { outside } = yield* Workspace
      const provider = ConfigProvider.fromMap(new Map([["MEDIA", `${outside}/configured`]]))
      const layer = FsStorage.layerConfig({ root: Config.string("MEDIA") })
      yield* Effect.provide(write("x", "x"), layer).pipe(Effect.withConfigProvider(provider))
      assert.isTrue(yield* (yield* FileSystem.FileSystem).exists(`${outside}/configured/x`))
    })
  )

  it.effect("does not take a vanished folder for an empty one, nor make it anew", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { outside } = yield* Workspace
      const root = `${outside}/volume`
      yield* Effect.gen(function* () {
        const files = yield* FileStorage.FileStorage
        yield* write("x", "x")
        const upload = yield* outsideFile("uploaded")
        yield* fs.rename(root, `${outside}/unmounted`)
        for (const attempt of [read("x"), files.stat(key("x")), write("y", "y"), files.adopt(key("y"), upload)]) {
          const error = yield* Effect.flip(Effect.asVoid(attempt))
          assert.strictEqual(
            error._tag === "FileStorageError" && error.cause instanceof Error && error.cause.name,
            "SystemError"
          )
        }
        assert.isFalse(yield* fs.exists(root))
        assert.isTrue(yield* fs.exists(upload))
      }).pipe(Effect.provide(FsStorage.layer({ root })))
    })
  )
})
