import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileKey, FileStorage } from "@runner-connector/core"
import { Effect } from "effect"
import { type Cases, exists, freshKey, readAll, text, write } from "./harness.ts"

/** Taking away, and taking over from the local disk. */
export const removeCases: Cases = (it) => {
  it.effect("removes the file, again and again without error", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const key = freshKey("a/b/c.mp4")
      yield* storage.remove(key)
      yield* write(key, text("x"))
      yield* storage.remove(key)
      yield* storage.remove(key)
      assert.isFalse(yield* exists(key))
      yield* write(key, text("again"))
      assert.strictEqual(String(yield* readAll(key)), "again")
    })
  )

  it.effect("removes nothing but the file of this very key", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const folder = FileKey.FileKey.make(crypto.randomUUID())
      const kept = ["video.mp4", "deeper/video.mp4", "video.mp4.bak"].map((name) => FileKey.inFolder(folder, name))
      yield* Effect.forEach([...kept, FileKey.inFolder(folder, "gone.mp4")], (key) => write(key, text(key)))
      yield* storage.remove(FileKey.inFolder(folder, "gone.mp4"))
      yield* storage.remove(folder)
      yield* storage.remove(FileKey.inFolder(folder, "deeper"))
      yield* storage.remove(FileKey.inFolder(folder, "video.mp4/below-a-file"))
      for (const key of kept) assert.strictEqual(String(yield* readAll(key)), key)
    })
  )
}

export const adoptCases: Cases = (it, harness) => {
  it.effect("takes a local file over, and the path is gone", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const key = freshKey("new/folder/video.mp4")
      for (const content of ["first", "second, in its place", ""]) {
        const path = yield* harness.localFile(text(content))
        yield* storage.adopt(key, path, { contentType: "video/mp4" })
        assert.strictEqual(String(yield* readAll(key)), content)
        assert.isFalse(yield* harness.localFileExists(path))
      }
      deepStrictEqual(yield* harness.leftovers, [])
    })
  )

  it.effect("changes nothing when the local file is missing", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const [old, fresh] = [freshKey(), freshKey()]
      yield* write(old, text("old"))
      const path = yield* harness.localFile(text("soon gone"))
      yield* storage.adopt(freshKey(), path)
      for (const key of [old, fresh]) {
        const error = yield* Effect.flip(storage.adopt(key, path))
        assert.strictEqual(error._tag, "FileStorageError")
        deepStrictEqual([error.operation, error.key], ["adopt", key])
      }
      assert.strictEqual(String(yield* readAll(old)), "old")
      assert.isFalse(yield* exists(fresh))
      deepStrictEqual(yield* harness.leftovers, [])
    })
  )
}
