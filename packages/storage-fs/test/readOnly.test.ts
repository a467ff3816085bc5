import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileStorage } from "@runner-connector/core"
import { FsStorage } from "@runner-connector/storage-fs"
import { Effect, Stream } from "effect"
import { key } from "./workspace.ts"

it.layer(NodeContext.layer)("FsStorage.openReadOnly", (it) => {
  const folder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

  it.scoped("reads the files of any program, and creates nothing beside them", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* folder
      yield* fs.makeDirectory(`${root}/a`)
      yield* fs.writeFileString(`${root}/a/clip.mp4`, "bytes")
      const files = yield* FsStorage.openReadOnly(root)
      assert.strictEqual(yield* files.read(key("a/clip.mp4")).pipe(Stream.decodeText(), Stream.mkString), "bytes")
      assert.strictEqual((yield* files.stat(key("a/clip.mp4"))).size, 5)
      const source = yield* Effect.scoped(files.source(key("a/clip.mp4")))
      deepStrictEqual(source, FileStorage.MediaSource.Path({ path: `${yield* fs.realPath(root)}/a/clip.mp4` }))
      assert.strictEqual((yield* Effect.flip(files.stat(key("a/other.mp4"))))._tag, "FileNotFound")
      deepStrictEqual(yield* fs.readDirectory(root), ["a"])
    })
  )

  it.scoped("leads out of the folder neither by links nor by keys", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [root, other] = [yield* folder, yield* folder]
      yield* fs.writeFileString(`${other}/secret`, "secret")
      yield* fs.symlink(other, `${root}/link`)
      const files = yield* FsStorage.openReadOnly(root)
      assert.strictEqual((yield* Effect.flip(files.stat(key("link/secret"))))._tag, "FileStorageError")
    })
  )

  it.scoped("fails for a folder that is missing, and does not take a removed one for an empty one", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* folder
      const error = yield* Effect.flip(FsStorage.openReadOnly(`${root}/missing`))
      assert.strictEqual(error._tag, "UnusableRoot")
      assert.isFalse(yield* fs.exists(`${root}/missing`))
      yield* fs.makeDirectory(`${root}/media`)
      const files = yield* FsStorage.openReadOnly(`${root}/media`)
      yield* fs.remove(`${root}/media`, { recursive: true })
      assert.strictEqual((yield* Effect.flip(files.stat(key("a"))))._tag, "FileStorageError")
    })
  )
})
