import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileKey, FileStorage } from "@runner-connector/core"
import { aVideo } from "@runner-connector/core/testing"
import { BodyReader } from "@runner-connector/protocol"
import { Chunk, Effect, FastCheck as fc, Option, Stream } from "effect"
import { aFolder, aServer, connector, idOf } from "./host.ts"

const bytes = aVideo({ seconds: 4 })

/** Brings the bytes in pieces of these sizes, and the rest in one. Overwrites each when the next one is asked for. */
const aReader = (all: Uint8Array, sizes: ReadonlyArray<number>, breaksOff: boolean): BodyReader.BodyReader => {
  let lent: Buffer | undefined
  let at = 0
  let count = 0
  const give = () => {
    lent?.fill("overwritten")
    lent = at < all.length ? Buffer.from(all.slice(at, at + (sizes[count++] ?? all.length))) : undefined
    at += lent?.length ?? 0
    return Option.fromNullable(lent)
  }
  const read = Effect.suspend(() =>
    breaksOff && at === all.length ? Effect.fail(BodyReader.brokenOff()) : Effect.sync(give)
  )
  const ready = () => (count % 2 === 1 || at === all.length ? undefined : give())
  return { ready, read: Effect.delay(read, 0), cancel: Effect.void, isUnfinished: () => at < all.length }
}

const sizes = fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 20 })

describe.each(["a folder", "the storage"])("an upload in %s", (place) => {
  it.scopedLive.prop(
    "has the bytes of pieces that were valid for a moment, and goes on after a lost connection",
    [sizes, sizes, fc.nat(bytes.length - 1)],
    ([first, second, cut]) =>
      Effect.gen(function* () {
        const limits = place === "a folder" ? { directory: yield* aFolder } : { pieceSize: 10_000 }
        const server = yield* aServer(limits)
        const { read } = yield* FileStorage.FileStorage
        const id = idOf(yield* server.create(bytes.length))
        yield* server.read(id, 0, aReader(bytes.subarray(0, cut), first, true))
        const kept = Number((yield* server.head(id)).headers.get("upload-offset"))
        assert.isAtMost(kept, cut)
        const answer = yield* server.read(id, kept, aReader(bytes.subarray(kept), second, false))
        deepStrictEqual(answer.status, 204)
        const [key = ""] = yield* server.stored
        const stored = yield* Stream.runCollect(read(FileKey.FileKey.make(key)))
        assert.isTrue(Buffer.concat(Chunk.toReadonlyArray(stored)).equals(Buffer.from(bytes)))
      }).pipe(Effect.scoped, Effect.provide(connector)),
    { fastCheck: { numRuns: 10 } }
  )
})
