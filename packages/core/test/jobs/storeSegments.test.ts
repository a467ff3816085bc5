import { assert, describe, it } from "@effect/vitest"
import { Chunk, Effect, Layer, Option, Stream } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import { originOf } from "../../src/domain/mp4/index.ts"
import { storePart, storeSegments, storeTrack } from "../../src/jobs/mp4/store.ts"
import { survey } from "../../src/jobs/mp4/survey.ts"
import { UploadError, UploadedFile } from "../../src/jobs/UploadedFile.ts"
import { FileStorage } from "../../src/ports/FileStorage.ts"
import * as MemoryDisk from "../../src/ports/memory/MemoryDisk.ts"
import * as MemoryFileStorage from "../../src/ports/memory/MemoryFileStorage.ts"
import { uploaded as onDisk } from "../../src/testing/uploaded.ts"
import { build, join, type MadeFile, sourceOf } from "../support/mp4.ts"

const key = FileKey.make("videos/rendition.mp4")
const anchor = { fps: 30, start: Option.none<number>() }

const file: MadeFile = {
  ...{ timescale: 1000, index: 1, editsType: "edts", indexed: () => 0 },
  tracks: [
    {
      ...{ id: 1, handler: "vide", codec: "avc1", timescale: 15_360, isWide: false },
      edits: [
        { duration: 67, mediaTime: -1 },
        { duration: 0, mediaTime: 1024 }
      ]
    }
  ],
  fragments: [0, 1, 2].map((number) => [
    {
      ...{ track: 1, decode: number * 2048, isWide: true, durations: "sample", hasOffsets: true },
      samples: [1024, 2048, 512, 512].map((offset) => ({ duration: 512, offset }))
    }
  ])
}

const uploaded = (bytes: Uint8Array, read = sourceOf(bytes).read) =>
  Effect.map(MemoryDisk.MemoryDisk, (disk) => {
    const content = { bytes, contentType: "video/mp4", filename: "a.mp4" }
    return new UploadedFile({ ...onDisk(disk, "/upload", content), read })
  })

const stored = Effect.flatMap(FileStorage, (storage) =>
  Effect.map(Stream.runCollect(storage.read(key)), (chunks) => join(Chunk.toReadonlyArray(chunks)))
)

const store = (upload: UploadedFile) =>
  Effect.flatMap(survey(upload), (found) => storeSegments(key, upload, { survey: found, anchor }))

const layer = Layer.provideMerge(MemoryFileStorage.layer, MemoryDisk.layer)

describe("storing segments", () => {
  it.effect("with edit lists: the stored file has none, and storing it again changes nothing", () =>
    Effect.gen(function* () {
      const disk = yield* MemoryDisk.MemoryDisk
      const bytes = build(file)
      yield* Effect.flatMap(uploaded(bytes), store)
      const once = yield* stored
      assert.strictEqual(once.length, bytes.length)
      assert.notDeepEqual(once, bytes)
      assert.isFalse(disk.has("/upload"), "the file was moved, not copied")
      yield* Effect.flatMap(uploaded(once), store)
      assert.deepStrictEqual(yield* stored, once)
    }).pipe(Effect.provide(layer))
  )

  it.effect("of a chunk: they begin at their place in the video, with numbers of their own", () =>
    Effect.gen(function* () {
      const upload = yield* uploaded(build(file))
      const found = Option.getOrThrow(yield* survey(upload))
      yield* storePart(key, upload, {
        survey: found,
        place: { fps: 30, at: 8, sequence: 10_001, rate: Option.some(30) }
      })
      const { movie, timeline } = Option.getOrThrow(yield* survey(sourceOf(yield* stored)))
      assert.closeTo((timeline[0]?.earliest ?? 0) / 30_000, originOf(30) + 8, 0.0001)
      assert.isTrue(movie.tracks.every(({ editsTypeAt }) => Option.isNone(editsTypeAt)))
    }).pipe(Effect.provide(layer))
  )

  it.effect("of a track from the source: they begin at its place, and are not read again if they do already", () =>
    Effect.gen(function* () {
      const upload = yield* uploaded(build(file))
      const found = Option.getOrThrow(yield* survey(upload))
      yield* storeTrack(key, upload, { survey: found, place: { fps: 30, at: 2 } })
      const placed = yield* stored
      const again = Option.getOrThrow(yield* survey(sourceOf(placed)))
      assert.closeTo((again.timeline[0]?.earliest ?? 0) / 15_360, originOf(30) + 2, 0.0001)
      const unread = yield* uploaded(placed, () => Stream.fail(new UploadError({ cause: "read again" })))
      yield* storeTrack(key, unread, { survey: again, place: { fps: 30, at: 2 } })
      assert.deepStrictEqual(yield* stored, placed)
    }).pipe(Effect.provide(layer))
  )

  it.effect("without edit lists, or no MP4: unchanged, adopted without a copy", () =>
    Effect.gen(function* () {
      const disk = yield* MemoryDisk.MemoryDisk
      for (const bytes of [
        build({ ...file, editsType: "free" }),
        new TextEncoder().encode("something else entirely")
      ]) {
        yield* Effect.flatMap(uploaded(bytes), store)
        assert.deepStrictEqual(yield* stored, bytes)
        assert.isFalse(disk.has("/upload"))
      }
    }).pipe(Effect.provide(layer))
  )

  it.effect("that cannot be read to the end: nothing is stored", () =>
    Effect.gen(function* () {
      const bytes = build(file)
      const found = yield* survey(sourceOf(bytes))
      const broken = yield* uploaded(bytes, (range) =>
        range.end < bytes.length - 1
          ? sourceOf(bytes).read(range)
          : Stream.concat(
              sourceOf(bytes).read({ ...range, end: range.end - 1 }),
              Stream.fail(new UploadError({ cause: "gone" }))
            )
      )
      const error = yield* Effect.flip(storeSegments(key, broken, { survey: found, anchor }))
      assert.strictEqual(error._tag, "UploadError")
      assert.strictEqual((yield* Effect.flip(stored))._tag, "FileNotFound")
      assert.deepStrictEqual((yield* MemoryDisk.MemoryDisk).get("/upload"), bytes)
    }).pipe(Effect.provide(layer))
  )
})
