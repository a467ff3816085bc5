import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Fiber } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import { until } from "../../src/testing/eventually.ts"
import * as Media from "../../src/testing/media.ts"
import type { TranscodeVideo } from "../../src/usecases/video/Transcoding.ts"
import { store } from "../support/actions.ts"
import { makeWatch, outcome } from "../support/calls.ts"
import { makeGate } from "../support/gate.ts"
import { aProcess, type Process } from "../support/Process.ts"

const path = FileKey.make("uploads/cat.mov")
const good: TranscodeVideo = { path, destination: "videos/cat" }

/** Nothing but the host's own file is there. */
const assertNothingLeft = ({ world }: Process) =>
  Effect.gen(function* () {
    assert.strictEqual(world.state.videos.size, 0)
    assert.strictEqual(world.state.jobs.size, 0)
    for (const key of yield* world.files) assert.strictEqual(key, path)
    assert.strictEqual(world.pings, 0)
  })

describe("a request is refused, and nothing is left of it,", () => {
  const wrong: Record<string, Partial<TranscodeVideo>> = {
    "with a path that leaves the storage": { path: "../etc/passwd" },
    "with an absolute path": { path: "/uploads/cat.mov" },
    "with an empty path": { path: "" },
    "with a destination that leaves the storage": { destination: "videos/../.." },
    "with an empty destination": { destination: "" },
    "with a destination that leaves no room for names in it": { destination: `videos/${"x/".repeat(400)}cat` },
    "with a destination that ends in half a character": { destination: "videos/cat\ud83d" },
    "with a base name that is a path": { baseName: "a/b" },
    "with a base name with a space": { baseName: "my cat" },
    "with an empty external id": { externalId: "" },
    "with an external id that is too long": { externalId: "x".repeat(201) },
    "with an external id with a line end": { externalId: "a\n" },
    "with a list as metadata": { metadata: [] },
    "with metadata that is too large": { metadata: { text: "é".repeat(4096) } },
    "with metadata that is too deep": { metadata: { a: [[[[[[[[]]]]]]]] } },
    "with metadata that is no JSON": { metadata: { at: new Date(0) } },
    "with an endless number as metadata": { metadata: { n: Number.NaN } },
    "with a NUL character in metadata": { metadata: { "a\0": 1 } },
    "with half a character in metadata": { metadata: { text: "\ud83d" } },
    "with a title of two lines": { title: "one\ntwo" },
    "with a blank title": { title: " " },
    "with a title that ends in half a character": { title: "cat\ud83d" },
    "with a title that is too long": { title: "x".repeat(501) },
    "with a file name with a NUL character": { fileName: "a\0.mp4" },
    "with a resolution that there is not": { settings: { resolutions: [333 as 360] } },
    "with no failure allowed": { settings: { maxFailures: 0 } },
    "with half a failure": { settings: { maxFailures: 1.5 } }
  }
  for (const [name, over] of Object.entries(wrong)) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const server = yield* aProcess()
        yield* store(server.world, path, Media.aVideo())
        const error = yield* Effect.flip(server.transcoding.transcodeVideo({ ...good, ...over }))
        assert.strictEqual(error._tag, "InvalidRequest")
        const member = Object.keys(over.settings ?? over)[0] ?? ""
        assert.include(error.message, member)
        yield* assertNothingLeft(server)
      })
    )
  }

  it.effect("without a rendition to make", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      yield* store(server.world, path, Media.aVideo())
      for (const storyboard of [true, false]) {
        const plan = { hls: false, webVideos: false, storyboard }
        const error = yield* Effect.flip(server.transcoding.transcodeVideo({ ...good, plan }))
        assert.strictEqual(error.message, "There is no rendition to make of this file with these settings")
        yield* assertNothingLeft(server)
      }
    })
  )

  it.effect("without a file", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      assert.strictEqual(yield* outcome(server.transcoding.transcodeVideo(good)), "VideoFileNotFound")
      yield* assertNothingLeft(server)
    })
  )

  const unusable: Record<string, readonly [Uint8Array, RegExp]> = {
    "an unreadable file": [Media.unreadable("The file ends early."), /ends early/],
    "an empty file": [new Uint8Array(), /empty/],
    "a picture": [Media.aVideo({ format: "png_pipe", hasAudio: false }), /picture/],
    "a list of other files": [Media.aVideo({ format: "hls" }), /list|playlist/],
    "neither video nor sound": [
      new TextEncoder().encode(`{"format":{"format_name":"matroska"},"streams":[]}`),
      /neither/
    ]
  }
  for (const [name, [bytes, reason]] of Object.entries(unusable)) {
    it.effect(`with ${name}`, () =>
      Effect.gen(function* () {
        const server = yield* aProcess()
        yield* store(server.world, path, bytes)
        const error = yield* Effect.flip(server.transcoding.transcodeVideo(good))
        assert.strictEqual(error._tag, "UnusableMedia")
        assert.match(error.message, reason)
        yield* assertNothingLeft(server)
      })
    )
  }

  it.effect("when the database is gone", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      yield* store(server.world, path, Media.aVideo())
      watch.breakDown((call) => call === "VideoStore.insert")
      assert.strictEqual(yield* outcome(server.transcoding.transcodeVideo(good)), "PersistenceError")
      assert.strictEqual(watch.count("FileStorage.write"), 1, "there was a picture")
      yield* assertNothingLeft(server)
    })
  )

  for (const call of ["MediaProbe.probe", "MediaProbe.frame", "FileStorage.write"]) {
    it.effect(`when the caller goes away during ${call}`, () =>
      Effect.gen(function* () {
        const gate = yield* makeGate(call)
        const server = yield* aProcess(gate)
        yield* store(server.world, path, Media.aVideo())
        const fiber = yield* Effect.fork(server.transcoding.transcodeVideo(good))
        yield* until("the call is made", () => gate.waiting() === 1)
        yield* Fiber.interrupt(fiber)
        yield* assertNothingLeft(server)
        deepStrictEqual([...server.world.disk.keys()], [])
      })
    )
  }
})
