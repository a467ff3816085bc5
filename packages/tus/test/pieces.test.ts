import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileKey, FileStorage, Upkeep, VideoStore } from "@runner-connector/core"
import { aVideo, eventually } from "@runner-connector/core/testing"
import { Chunk, Deferred, Effect, Fiber, Option, Stream, TestClock } from "effect"
import { MAX_RECEIVING } from "../src/PieceStore.ts"
import { aServer, away, connector, idOf } from "./host.ts"

const bytes = aVideo({ seconds: 4 })

/** The video has some pieces and a short one. */
const pieceSize = Math.floor(bytes.length / 7) - 1

const sourceOf = (id: string) => FileKey.FileKey.make(`uploads/${id}/source`)

const pieceOf = (id: string, index: number) => FileKey.FileKey.make(`uploads/${id}/source.pieces/data/${index}`)

const contentOf = (key: FileKey.FileKey) =>
  Effect.flatMap(FileStorage.FileStorage, ({ read }) =>
    Effect.map(Stream.runCollect(read(key)), (chunks) => Buffer.concat(Chunk.toReadonlyArray(chunks)))
  )

const offsetOf = (response: Response) => Number(response.headers.get("upload-offset"))

const videos = Effect.flatMap(VideoStore.VideoStore, (store) => store.list({ start: 0, count: 10 }))

describe("uploads in pieces", () => {
  it.scoped("go on at another server after every request, and leave only the file of the video", () =>
    Effect.gen(function* () {
      const servers = [yield* aServer({ pieceSize }), yield* aServer({ pieceSize })] as const
      const id = idOf(yield* servers[0].create(bytes.length, { filename: "🎬 cat.mp4", title: "The cat" }))
      const sizes = [1, pieceSize - 1, pieceSize, 2 * pieceSize + 3, 0, pieceSize - 4, 2, bytes.length]
      let offset = 0
      for (const [turn, size] of sizes.entries()) {
        const server = servers[turn % 2 === 0 ? 1 : 0]
        deepStrictEqual(offsetOf(yield* server.head(id)), offset)
        const answer = yield* server.append(id, offset, bytes.subarray(offset, offset + size))
        offset = Math.min(offset + size, bytes.length)
        deepStrictEqual([answer.status, offsetOf(answer)], [204, offset])
      }
      for (const server of servers) deepStrictEqual((yield* server.head(id)).headers.get("video-id"), id)
      const { data } = yield* videos
      deepStrictEqual(
        [data[0]?.id, data[0]?.title, data[0]?.fileName],
        [id, Option.some("The cat"), Option.some("🎬 cat.mp4")]
      )
      assert.isTrue((yield* contentOf(sourceOf(id))).equals(Buffer.from(bytes)))
      deepStrictEqual(yield* servers[0].stored, [sourceOf(id)])
    }).pipe(Effect.provide(connector))
  )

  it.scopedLive("keep what arrived when the client goes on at another server", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* aServer({ pieceSize }), yield* aServer({ pieceSize })]
      const { stat } = yield* FileStorage.FileStorage
      const id = idOf(yield* one.create(bytes.length))
      const part = bytes.slice(0, pieceSize + 5)
      const endless = Stream.concat(Stream.make(part), Stream.never)
      const broken = yield* Effect.fork(one.stream(id, 0, Stream.toReadableStream(endless)))
      yield* eventually(Effect.isSuccess(stat(pieceOf(id, 0))), (isStored) => isStored)
      const kept = offsetOf(yield* other.head(id))
      deepStrictEqual(kept, part.length)
      yield* Fiber.join(broken)
      const last = yield* other.append(id, kept, bytes.subarray(kept))
      deepStrictEqual([last.status, last.headers.get("video-id")], [204, id])
      assert.isTrue((yield* contentOf(sourceOf(id))).equals(Buffer.from(bytes)))
    }).pipe(Effect.provide(connector))
  )

  it.scoped("continue at the piece that a late writer has shortened", () =>
    Effect.gen(function* () {
      const server = yield* aServer({ pieceSize })
      const storage = yield* FileStorage.FileStorage
      const id = idOf(yield* server.create(bytes.length))
      yield* server.append(id, 0, bytes.subarray(0, 4 * pieceSize))
      yield* storage.write(pieceOf(id, 1), Stream.make(bytes.subarray(pieceSize, pieceSize + 9)))
      const failed = yield* server.append(id, 4 * pieceSize, bytes.subarray(4 * pieceSize))
      assert.isAtLeast(failed.status, 500)
      const again = offsetOf(yield* server.head(id))
      deepStrictEqual(again, pieceSize + 9)
      const last = yield* server.append(id, again, bytes.subarray(again))
      deepStrictEqual([last.status, last.headers.get("video-id")], [204, id])
      assert.isTrue((yield* contentOf(sourceOf(id))).equals(Buffer.from(bytes)))
    }).pipe(Effect.provide(connector))
  )

  it.scoped("are finished by another server when the first one has died", () =>
    Effect.gen(function* () {
      const dying = yield* aServer({ pieceSize }, () => Effect.fail(away))
      const id = idOf(yield* dying.create(bytes.length))
      assert.strictEqual((yield* dying.append(id, 0, bytes)).status, 503)
      yield* aServer({ pieceSize })
      yield* TestClock.adjust("5 minutes")
      deepStrictEqual((yield* videos).data[0]?.id, id)
    }).pipe(Effect.provide(connector))
  )

  it.scopedLive("are received by one process up to a limit, because each request holds a piece in memory", () =>
    Effect.gen(function* () {
      const server = yield* aServer({ pieceSize })
      const end = yield* Deferred.make<void>()
      const slow = Stream.concat(Stream.make(bytes.slice(0, 1)), Stream.drain(Stream.fromEffect(Deferred.await(end))))
      const waiting = yield* Effect.forEach(Array.from({ length: MAX_RECEIVING }), () =>
        Effect.flatMap(server.create(bytes.length), (created) =>
          Effect.fork(server.stream(idOf(created), 0, Stream.toReadableStream(slow)))
        )
      )
      const id = idOf(yield* server.create(bytes.length))
      const refused = yield* eventually(server.append(id, 0, new Uint8Array(0)), ({ status }) => status !== 204)
      deepStrictEqual([refused.status, refused.headers.get("retry-after")], [503, "5"])
      yield* Deferred.succeed(end, undefined)
      const answers = yield* Effect.forEach(waiting, Fiber.join)
      deepStrictEqual(new Set(answers.map(({ status }) => status)), new Set([204]))
      deepStrictEqual((yield* server.append(id, 0, bytes)).status, 204)
    }).pipe(Effect.provide(connector))
  )

  it.scoped("leave nothing behind when they expire or are cancelled", () =>
    Effect.gen(function* () {
      const server = yield* aServer({ pieceSize })
      const [cancelled, expired] = [idOf(yield* server.create(bytes.length)), idOf(yield* server.create(bytes.length))]
      for (const id of [cancelled, expired]) yield* server.append(id, 0, bytes.subarray(0, 2 * pieceSize + 1))
      assert.strictEqual((yield* server.terminate(cancelled)).status, 204)
      deepStrictEqual(
        (yield* server.stored).filter((key) => key.includes(cancelled)),
        []
      )
      assert.isNotEmpty(yield* server.stored)
      yield* TestClock.adjust("25 hours")
      yield* (yield* Upkeep.Upkeep).round
      deepStrictEqual(yield* server.stored, [])
      assert.include([404, 410], (yield* server.head(expired)).status)
    }).pipe(Effect.provide(connector))
  )
})
