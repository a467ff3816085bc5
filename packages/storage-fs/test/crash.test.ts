import { FileSystem, Path } from "@effect/platform"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileStorage, Tokens } from "@runner-connector/core"
import { Chunk, Effect, Stream } from "effect"
import { fullAfter, noting } from "./spyFileSystem.ts"
import { inRoot, key, outsideFile, read, realStorage, storageOn, Workspace, write } from "./workspace.ts"

const MIB = 1024 * 1024

it.effect("FsStorage brings the bytes to the disk before the name, and then the name", () => {
  const calls: Array<string> = []
  return Effect.gen(function* () {
    const files = yield* FileStorage.FileStorage
    const { root } = yield* Workspace
    const upload = yield* outsideFile("uploaded")
    calls.length = 0
    yield* write("new/folder/x", "x")
    const told = calls.filter((call) => !call.startsWith("close")).map((call) => call.replace(/\.tmp\/.*/, ".tmp/*"))
    deepStrictEqual(told, [
      `write ${root}/.tmp/*`,
      `sync ${root}/.tmp/*`,
      `sync ${root}`,
      `sync ${root}/new`,
      `rename ${root}/new/folder/x`,
      `sync ${root}/new/folder`
    ])
    calls.length = 0
    yield* files.adopt(key("new/folder/x"), upload)
    const adopted = calls.filter((call) => !call.startsWith("close"))
    deepStrictEqual(adopted, [`sync ${upload}`, `rename ${root}/new/folder/x`, `sync ${root}/new/folder`])
  }).pipe(Effect.provide(storageOn(noting(calls))))
})

it.effect("FsStorage reads a chunk only on demand, and closes the file when the reader stops", () => {
  const calls: Array<string> = []
  return Effect.gen(function* () {
    const files = yield* FileStorage.FileStorage
    yield* files.write(key("big"), Stream.make(new Uint8Array(3 * MIB)))
    const place = yield* inRoot("big")
    calls.length = 0
    const stream = files.read(key("big"))
    deepStrictEqual(calls, [])
    const first = yield* Effect.scoped(Effect.flatMap(Stream.toPull(stream), (pull) => pull))
    assert.strictEqual(Chunk.unsafeHead(first).length, MIB / 4)
    deepStrictEqual(calls, [`read ${place}`, `close ${place}`])
    calls.length = 0
    yield* Stream.runDrain(files.read(key("big"), { start: MIB, end: 2 * MIB - 1 }))
    deepStrictEqual(calls, [...Array(4).fill(`read ${place}`), `close ${place}`])
  }).pipe(Effect.provide(storageOn(noting(calls))))
})

it.effect("FsStorage leaves the old file when the disk is full", () =>
  Effect.gen(function* () {
    const files = yield* FileStorage.FileStorage
    const fs = yield* FileSystem.FileSystem
    yield* write("x", "old")
    const piece = new Uint8Array(1000)
    const error = yield* Effect.flip(files.write(key("x"), Stream.make(piece, piece, piece)))
    deepStrictEqual([error._tag, error.operation], ["FileStorageError", "write"])
    assert.strictEqual(yield* read("x"), "old")
    deepStrictEqual(yield* fs.readDirectory(yield* inRoot(".tmp")), [])
  }).pipe(Effect.provide(storageOn(fullAfter(3))))
)

it.effect("FsStorage makes a folder again that another process removed just before the rename", () => {
  let removals = 0
  const racing = (fs: FileSystem.FileSystem): FileSystem.FileSystem => ({
    ...fs,
    rename: (from, to) =>
      Effect.gen(function* () {
        const { dirname } = yield* Path.Path
        if (removals++ < 3) yield* fs.remove(dirname(to), { recursive: true })
        yield* fs.rename(from, to)
      }).pipe(Effect.provide(Path.layer))
  })
  return Effect.gen(function* () {
    yield* write("a/b/c/x", "x")
    assert.strictEqual(yield* read("a/b/c/x"), "x")
    assert.strictEqual(removals, 4)
  }).pipe(Effect.provide(storageOn(racing)))
})

it.effect("FsStorage keeps unfinished files apart even where the random names are fixed", () =>
  Effect.gen(function* () {
    const names = ["a", "b", "c", "d"]
    yield* Effect.forEach(names, (name) => write(name, name), { concurrency: "unbounded" })
    for (const name of names) assert.strictEqual(yield* read(name), name)
  }).pipe(
    Effect.provideService(Tokens.Identifiers, { uuid: Effect.succeed("always the same") }),
    Effect.provide(realStorage)
  )
)
