import { existsSync, statSync } from "node:fs"
import { FileSystem } from "@effect/platform"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileStorage } from "@runner-connector/core"
import { Effect, Stream } from "effect"
import { systemError } from "./spyFileSystem.ts"
import { inRoot, key, outsideFile, read, realStorage, storageOn, Workspace } from "./workspace.ts"

/** A file system whose renames fail when they come from outside the storage. */
const refusingMoves = (code: string) => (fs: FileSystem.FileSystem) => ({
  ...fs,
  rename: (from: string, to: string) =>
    from.includes("/.tmp/") ? fs.rename(from, to) : Effect.fail(systemError("rename", from, code))
})

const adoptLarge = (folder: string) =>
  Effect.gen(function* () {
    const files = yield* FileStorage.FileStorage
    const fs = yield* FileSystem.FileSystem
    const bytes = crypto.getRandomValues(new Uint8Array(60_000))
    const upload = `${folder}/${crypto.randomUUID()}`
    yield* fs.writeFile(upload, bytes)
    yield* files.adopt(key("adopted/video.mp4"), upload)
    const stored = yield* Stream.runCollect(files.read(key("adopted/video.mp4")))
    assert.isTrue(Buffer.concat([...stored]).equals(bytes))
    assert.isFalse(yield* fs.exists(upload))
    deepStrictEqual(yield* fs.readDirectory(yield* inRoot(".tmp")), [])
  })

for (const code of ["EXDEV", "EPERM"]) {
  it.effect(`FsStorage copies an upload that cannot be moved (${code})`, () =>
    Effect.gen(function* () {
      yield* adoptLarge((yield* Workspace).outside)
    }).pipe(Effect.provide(storageOn(refusingMoves(code))))
  )
}

// Linux keeps /dev/shm on a file system of its own; elsewhere the refused rename above has to do.
const SHM = "/dev/shm"
if (existsSync(SHM)) {
  it.effect("FsStorage adopts from a second file system", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      assert.notStrictEqual(statSync(SHM).dev, statSync(yield* inRoot(".tmp")).dev)
      yield* adoptLarge(yield* fs.makeTempDirectoryScoped({ directory: SHM }))
    }).pipe(Effect.scoped, Effect.provide(realStorage))
  )
}

it.effect("FsStorage copies an upload that has a second name, so that nobody can change it later", () =>
  Effect.gen(function* () {
    const files = yield* FileStorage.FileStorage
    const fs = yield* FileSystem.FileSystem
    for (const name of [fs.link, fs.symlink]) {
      const original = yield* outsideFile("original")
      yield* name(original, `${original}-2`)
      yield* files.adopt(key("x"), `${original}-2`)
      assert.isTrue(yield* Effect.isFailure(fs.readLink(`${original}-2`)))
      assert.isFalse(yield* fs.exists(`${original}-2`))
      yield* fs.writeFileString(original, "changed")
      assert.strictEqual(yield* read("x"), "original")
    }
  }).pipe(Effect.provide(realStorage))
)
