import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileKey, FileStorage } from "@runner-connector/core"
import { Effect } from "effect"
import { type Cases, exists, freshKey, readAll, text, write } from "./harness.ts"

/** Contract of remove and of moving local files into the storage. */
export const removeCases: Cases = (it) => {
  it.effect("removes the file, idempotently", () =>
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

  it.effect("removes only the file with exactly this key", () =>
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

/** Contract of removing a folder. */
export const removeFolderCases: Cases = (it) => {
  it.effect("removes everything below the folder, idempotently", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const folder = FileKey.FileKey.make(`${crypto.randomUUID()}/live`)
      yield* storage.removeFolder(folder)
      const gone = ["0.m3u8", "0-000001.ts", "deeper/still/x"].map((name) => FileKey.inFolder(folder, name))
      yield* Effect.forEach(gone, (key) => write(key, text(key)))
      yield* storage.removeFolder(folder)
      yield* storage.removeFolder(folder)
      deepStrictEqual(yield* Effect.filter(gone, exists), [])
      for (const key of gone) {
        yield* write(key, text("again"))
        assert.strictEqual(String(yield* readAll(key)), "again")
      }
    })
  )

  it.effect("removes nothing outside the folder", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const top = FileKey.FileKey.make(crypto.randomUUID())
      const kept = ["live.ts", "live-2/x", "deeper/live/x", "file"].map((name) => FileKey.inFolder(top, name))
      yield* Effect.forEach([...kept, FileKey.inFolder(top, "live/x")], (key) => write(key, text(key)))
      yield* storage.removeFolder(FileKey.inFolder(top, "live"))
      yield* storage.removeFolder(FileKey.inFolder(top, "file"))
      yield* storage.removeFolder(FileKey.inFolder(top, "file/below-a-file"))
      for (const key of kept) assert.strictEqual(String(yield* readAll(key)), key)
    })
  )

  it.effect("allows concurrent writes below it, each complete or absent", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage.FileStorage
      const folder = FileKey.FileKey.make(`${crypto.randomUUID()}/live`)
      const keys = Array.from({ length: 50 }, (_, n) => FileKey.inFolder(folder, `${n % 5}/${n}.ts`))
      const remove = Effect.repeatN(storage.removeFolder(folder), 20)
      yield* Effect.all([Effect.forEach(keys, (key) => write(key, text(key))), remove], { concurrency: "unbounded" })
      for (const key of yield* Effect.filter(keys, exists)) assert.strictEqual(String(yield* readAll(key)), key)
      yield* storage.removeFolder(folder)
      deepStrictEqual(yield* Effect.filter(keys, exists), [])
    })
  )
}

export const adoptCases: Cases = (it, harness) => {
  it.effect("moves a local file into the storage", () =>
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

  it.effect("changes nothing when the local file does not exist", () =>
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
