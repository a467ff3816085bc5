import { FileSystem } from "@effect/platform"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileStorage } from "@runner-connector/core"
import { Effect, Stream } from "effect"
import { inRoot, key, outsideFile, read, realStorage, Workspace, write } from "./workspace.ts"

/** Every way in which a key is used. */
const attempts = (name: string) =>
  Effect.gen(function* () {
    const files = yield* FileStorage.FileStorage
    const upload = yield* outsideFile("uploaded")
    const outcomes = {
      write: yield* Effect.exit(write(name, "written")),
      adopt: yield* Effect.exit(files.adopt(key(name), upload)),
      read: yield* Effect.exit(read(name)),
      stat: yield* Effect.exit(files.stat(key(name))),
      source: yield* Effect.exit(Effect.scoped(files.source(key(name)))),
      remove: yield* Effect.exit(files.remove(key(name))),
      removeFolder: yield* Effect.exit(files.removeFolder(key(name)))
    }
    assert.isTrue(yield* exists(upload), "a refused upload stays")
    return outcomes
  })

const exists = (place: string) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.exists(place))

const assertRefused = (outcomes: Effect.Effect.Success<ReturnType<typeof attempts>>, reason: string) => {
  for (const [operation, exit] of Object.entries(outcomes)) {
    const error = exit._tag === "Failure" && exit.cause._tag === "Fail" ? exit.cause.error : undefined
    assert.isTrue(error?._tag === "FileStorageError" && error.operation === operation, `${operation}: ${exit}`)
    assert.deepInclude(error?._tag === "FileStorageError" ? error.cause : {}, { _tag: "KeyRefused", reason })
  }
}

it.layer(realStorage)("FsStorage: no key leaves the root", (it) => {
  it.effect("refuses the folder of unfinished files, in every spelling", () =>
    Effect.gen(function* () {
      for (const name of [".tmp", ".tmp/x", ".TMP/x", ".tmp/a/b"]) assertRefused(yield* attempts(name), "reserved")
    })
  )

  it.effect("refuses such a key before it reads the content", () =>
    Effect.gen(function* () {
      const files = yield* FileStorage.FileStorage
      const content = Stream.fromEffect(Effect.dieMessage("The content was read"))
      assert.strictEqual((yield* Effect.flip(files.write(key(".tmp/x"), content)))._tag, "FileStorageError")
    })
  )

  it.effect("follows no link on the way out of the root", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { outside } = yield* Workspace
      yield* fs.makeDirectory(`${outside}/videos/deep`, { recursive: true })
      yield* fs.writeFileString(`${outside}/videos/secret.txt`, "secret")
      yield* fs.writeFileString(`${outside}/videos/deep/secret.txt`, "secret")
      yield* fs.makeDirectory(yield* inRoot("in/between"), { recursive: true })
      yield* fs.symlink(`${outside}/videos`, yield* inRoot("absolute"))
      yield* fs.symlink("../../../outside/videos", yield* inRoot("in/between/relative"))
      yield* fs.symlink("../absolute", yield* inRoot("in/chain"))
      for (const folder of ["absolute", "in/between/relative", "in/chain"]) {
        assertRefused(yield* attempts(`${folder}/secret.txt`), "outside")
        assertRefused(yield* attempts(`${folder}/deep/secret.txt`), "outside")
      }
      assert.strictEqual(yield* fs.readFileString(`${outside}/videos/secret.txt`), "secret")
      assert.strictEqual(yield* fs.readFileString(`${outside}/videos/deep/secret.txt`), "secret")
    })
  )

  it.effect("makes no folder beyond such a link", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { outside } = yield* Workspace
      yield* fs.makeDirectory(`${outside}/empty`)
      yield* fs.symlink(`${outside}/empty`, yield* inRoot("way-out"))
      yield* fs.symlink(`${outside}/not-there`, yield* inRoot("nowhere"))
      for (const name of ["way-out/new/x", "nowhere/x", "nowhere/new/x"]) {
        assert.strictEqual((yield* Effect.flip(write(name, "x")))._tag, "FileStorageError")
      }
      deepStrictEqual(yield* fs.readDirectory(`${outside}/empty`), [])
      assert.isFalse(yield* exists(`${outside}/not-there`))
    })
  )

  it.effect("reads and lends no file through a link, and replaces or removes the link itself", () =>
    Effect.gen(function* () {
      const files = yield* FileStorage.FileStorage
      const fs = yield* FileSystem.FileSystem
      const secret = yield* outsideFile("secret")
      const link = yield* inRoot("link.txt")
      yield* fs.symlink(secret, link)
      assert.strictEqual((yield* Effect.flip(read("link.txt")))._tag, "FileStorageError")
      assert.strictEqual((yield* Effect.flip(files.stat(key("link.txt"))))._tag, "FileStorageError")
      assert.strictEqual((yield* Effect.flip(Effect.scoped(files.source(key("link.txt")))))._tag, "FileStorageError")
      yield* write("link.txt", "mine")
      assert.strictEqual(yield* read("link.txt"), "mine")
      yield* fs.remove(link)
      yield* fs.symlink(secret, link)
      yield* files.remove(key("link.txt"))
      assert.isTrue(yield* Effect.isFailure(fs.readLink(link)))
      assert.strictEqual(yield* fs.readFileString(secret), "secret")
    })
  )

  it.effect("lets no link lead to the unfinished files", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      yield* fs.symlink(".tmp", yield* inRoot("unfinished"))
      yield* fs.writeFileString(yield* inRoot(".tmp/half"), "half")
      assertRefused(yield* attempts("unfinished/half"), "reserved")
    })
  )

  it.effect("uses links that stay within the root, and never removes where they lead", () =>
    Effect.gen(function* () {
      const files = yield* FileStorage.FileStorage
      const fs = yield* FileSystem.FileSystem
      yield* fs.makeDirectory(yield* inRoot("real/folder"), { recursive: true })
      yield* fs.symlink("real/folder", yield* inRoot("alias"))
      yield* write("alias/x", "x")
      assert.strictEqual(yield* read("real/folder/x"), "x")
      yield* files.remove(key("alias/x"))
      assert.isTrue(yield* exists(yield* inRoot("real/folder")))
    })
  )

  it.effect("removes the links in a folder and not what they lead to, and no folder that is a link", () =>
    Effect.gen(function* () {
      const files = yield* FileStorage.FileStorage
      const fs = yield* FileSystem.FileSystem
      const { outside } = yield* Workspace
      yield* fs.makeDirectory(`${outside}/precious`)
      yield* fs.writeFileString(`${outside}/precious/file`, "precious")
      yield* write("going/deeper/x", "x")
      yield* fs.symlink(`${outside}/precious`, yield* inRoot("going/folder"))
      yield* fs.symlink(`${outside}/precious/file`, yield* inRoot("going/deeper/file"))
      yield* fs.symlink(`${outside}/precious`, yield* inRoot("staying"))
      yield* files.removeFolder(key("going"))
      yield* files.removeFolder(key("staying"))
      assert.isFalse(yield* exists(yield* inRoot("going")))
      assert.strictEqual(yield* fs.readLink(yield* inRoot("staying")), `${outside}/precious`)
      assert.strictEqual(yield* fs.readFileString(`${outside}/precious/file`), "precious")
    })
  )
})
