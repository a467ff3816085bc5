import { createHash } from "node:crypto"
import { Writable } from "node:stream"
import { finished } from "node:stream/promises"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Chunk, Effect, Stream } from "effect"
import { openSection, sectionsOf } from "../src/FileSection.ts"
import { localFile } from "./bucket.ts"

const content = Uint8Array.from({ length: 700_001 }, (_, n) => (n * 7) % 251)

/** Has written a piece, like a socket, when its callback is called. Only then its buffer is used again. */
const socket = () => {
  const pieces: Array<Buffer> = []
  const write = (piece: Uint8Array, _: BufferEncoding, done: () => void) =>
    void setImmediate(() => {
      pieces.push(Buffer.from(piece))
      done()
    })
  return { to: new Writable({ write }), written: () => Buffer.concat(pieces) }
}

describe("sections of a local file", () => {
  it.effect("cover the file, and are sent with their hashes", () =>
    Effect.gen(function* () {
      const path = yield* localFile(content)
      const sections = Chunk.toReadonlyArray(yield* Stream.runCollect(sectionsOf(path, content.length, 300_000)))
      deepStrictEqual(
        sections.map(({ length }) => length),
        [300_000, 300_000, 100_001]
      )
      const sent = yield* Effect.forEach(sections, (section) =>
        Effect.gen(function* () {
          const { body, hash } = yield* openSection(section)
          const { to, written } = socket()
          yield* Effect.promise(() => finished(body.pipe(to)))
          const bytes = written()
          assert.strictEqual(hash, createHash("sha256").update(bytes).digest("hex"))
          return bytes
        }).pipe(Effect.scoped)
      )
      assert.isTrue(Buffer.concat(sent).equals(content))
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("fail when the file is missing, or becomes shorter before or while it is sent", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* localFile(content)
      const section = { path, start: 600_000, length: 100_001 }
      const { body, failure } = yield* openSection(section)
      yield* fs.truncate(path, 600_010)
      const to = body.pipe(socket().to)
      assert.match((yield* Effect.flip(failure)).message, /has 600010 bytes instead of 700001/)
      assert.isFalse(to.writableEnded, "a request with too few bytes is not finished")
      assert.strictEqual((yield* Effect.flip(openSection(section)))._tag, "FileUnreadable")
      yield* fs.remove(path)
      assert.strictEqual((yield* Effect.flip(openSection(section)))._tag, "FileUnreadable")
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
