import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Chunk, Effect, Option, Scope, Stream } from "effect"
import * as Spool from "../src/body/Spool.ts"

const encoder = new TextEncoder()
const edit = (at: number, text: string) => ({ at, bytes: encoder.encode(text) })
const edits = [edit(2, "XY"), edit(7, "Z"), edit(5, ""), edit(0, "W")]

/** A spool in a new folder with a file. The process of the spool never ends in good order. */
const spooled = (text: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped({ prefix: "edits-" })
    const spool = yield* Effect.provideService(Spool.make(Option.some(folder)), Scope.Scope, yield* Scope.make())
    const request = yield* spool.folder
    const { path } = yield* Effect.scoped(request.create)
    yield* fs.writeFileString(path, text)
    return { fs, folder, path, request, spool, beside: fs.readDirectory(path.slice(0, path.lastIndexOf("/"))) }
  })

describe("changes of a received file", () => {
  it.scoped("are made in place and leave nothing beside the file", () =>
    Effect.gen(function* () {
      const { beside, fs, path, spool } = yield* spooled("0123456789")
      const nothing = Stream.fromChunk(Chunk.empty<(typeof edits)[number]>())
      yield* spool.edit(path, Stream.concat(nothing, Stream.rechunk(Stream.fromIterable(edits), 3)))
      assert.strictEqual(yield* fs.readFileString(path), "W1XY456Z89")
      deepStrictEqual(yield* beside, ["1"])
      yield* spool.edit(path, Stream.empty)
      assert.strictEqual(yield* fs.readFileString(path), "W1XY456Z89")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("may be more than are listed at once, and continue each other", () =>
    Effect.gen(function* () {
      const { fs, path, spool } = yield* spooled("")
      const [count, each] = [40, 30_000]
      const size = 600_000
      const content = new Uint8Array(count * each + size)
      const large = { at: count * each, bytes: new Uint8Array(size).fill(200) }
      const short = Array.from({ length: count }, (_, index) => ({
        at: index * each,
        // Each third change leaves a gap before the next one.
        bytes: new Uint8Array(index % 3 === 2 ? each - 10 : each).fill(index + 1)
      }))
      const all = [...short.slice(0, 20), large, ...short.slice(20)]
      yield* fs.writeFile(path, content)
      yield* spool.edit(path, Stream.fromIterable(all))
      for (const { at, bytes } of all) content.set(bytes, at)
      assert.strictEqual(Buffer.compare(yield* fs.readFile(path), content), 0)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("are not begun when one of them cannot be determined", () =>
    Effect.gen(function* () {
      const { folder, fs, path, request, spool } = yield* spooled("0123456789")
      const broken = Stream.concat(Stream.fromIterable(edits), Stream.fail("unreadable"))
      assert.strictEqual(yield* Effect.flip(spool.edit(path, broken)), "unreadable")
      assert.strictEqual(yield* fs.readFileString(path), "0123456789")
      assert.isTrue(yield* spool.find(path, 10))
      assert.strictEqual(yield* fs.readFileString(path), "0123456789")
      yield* request.release
      deepStrictEqual(
        yield* Effect.flatMap(fs.readDirectory(folder), ([own]) => fs.readDirectory(`${folder}/${own}`)),
        []
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("that a killed process has begun are finished when the file is found", () =>
    Effect.gen(function* () {
      const { beside, folder, fs, path, spool } = yield* spooled("0123456789")
      // The process dies before it opens the file.
      yield* fs.rename(path, `${folder}/aside`)
      yield* Effect.flip(spool.edit(path, Stream.fromIterable(edits)))
      yield* fs.writeFileString(path, "01XY456789")
      yield* fs.remove(`${folder}/aside`)

      const later = yield* Spool.make(Option.some(folder))
      assert.isTrue(yield* later.find(path, 10))
      assert.strictEqual(yield* fs.readFileString(path), "W1XY456Z89")
      deepStrictEqual(yield* beside, ["1"])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
