import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { fileStorageContract } from "@runner-connector/contracts"
import { Effect, Layer, Option, Stream } from "effect"
import { FileKey } from "../src/domain/FileKey.ts"
import { FileStorage, type MediaSource } from "../src/ports/FileStorage.ts"
import * as Disk from "../src/ports/memory/MemoryDisk.ts"
import * as MemoryFileStorage from "../src/ports/memory/MemoryFileStorage.ts"

const { MemoryDisk } = Disk

const layer = Layer.provideMerge(MemoryFileStorage.layer, Disk.layer)

const open = (source: MediaSource) =>
  Effect.map(MemoryDisk, (disk) => {
    const bytes = source._tag === "Path" ? disk.get(source.path) : undefined
    if (bytes === undefined) throw new Error("The source does not stand on the disk")
    return bytes
  })

fileStorageContract("memory", {
  layer,
  localFile: (bytes) =>
    Effect.map(MemoryDisk, (disk) => {
      const path = `/tmp/${crypto.randomUUID()}`
      disk.set(path, bytes)
      return path
    }),
  localFileExists: (path) => Effect.map(MemoryDisk, (disk) => disk.has(path)),
  open,
  leftovers: Effect.map(MemoryDisk, (disk) => [...disk.keys()]),
  streamingBudget: "holds all"
})

const key = FileKey.make("video.mp4")
const write = (bytes: Uint8Array) => Effect.flatMap(FileStorage, (storage) => storage.write(key, Stream.succeed(bytes)))

it.layer(layer)("MemoryFileStorage", (it) => {
  it.effect("takes a source off the disk when its scope ends", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage
      yield* write(new Uint8Array([1]))
      const source = yield* Effect.scoped(Effect.tap(storage.source(key), open))
      assert.isTrue(source._tag === "Path" && !(yield* MemoryDisk).has(source.path))
    })
  )

  it.effect("copies each chunk on arrival, because a producer may reuse its buffer", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage
      const buffer = new Uint8Array(1)
      const chunks = Stream.map(Stream.rechunk(Stream.range(1, 3), 1), (value) => {
        buffer[0] = value
        return buffer
      })
      yield* storage.write(key, chunks)
      deepStrictEqual([...Option.getOrThrow(yield* Stream.runHead(storage.read(key)))], [1, 2, 3])
    })
  )

  it.effect("shares no bytes with those who write or read", () =>
    Effect.gen(function* () {
      const storage = yield* FileStorage
      const mine = new Uint8Array([1, 2, 3])
      yield* write(mine)
      mine[0] = 9
      const read = Effect.map(Stream.runHead(storage.read(key)), Option.getOrThrow)
      const first = yield* read
      first[1] = 9
      deepStrictEqual([...(yield* read)], [1, 2, 3])
    })
  )
})
