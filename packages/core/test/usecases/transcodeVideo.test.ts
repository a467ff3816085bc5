import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Option } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import { VodHlsTranscoding } from "../../src/jobs/VodHlsTranscoding.ts"
import type { TranscodeVideo } from "../../src/usecases/Transcoding.ts"
import { jobsOf, register, request, resolutionOf, store, takeIn } from "../support/actions.ts"
import { makeWatch, outcome, withLog } from "../support/calls.ts"
import { makeGate } from "../support/gate.ts"
import { media, unreadable } from "../support/media.ts"
import { aProcess, type Process } from "../support/Process.ts"
import { until } from "../support/time.ts"

const path = FileKey.make("uploads/cat.mov")
const good: TranscodeVideo = { path, destination: "videos/cat" }

const resolutions = ({ world }: Process) => jobsOf(world).map(resolutionOf)

/** Nothing but the host's own file is there. */
const assertNothingLeft = ({ world }: Process) =>
  Effect.gen(function* () {
    assert.strictEqual(world.state.videos.size, 0)
    assert.strictEqual(world.state.jobs.size, 0)
    for (const key of yield* world.files) assert.strictEqual(key, path)
    assert.strictEqual(world.pings, 0)
  })

describe("transcodeVideo", () => {
  it.effect("looks at the file once, and calls the runners once", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const video = yield* takeIn(server)
      assert.strictEqual(watch.count("MediaProbe.probe"), 1)
      assert.strictEqual(watch.count("MediaProbe.frame"), 1)
      assert.strictEqual(server.world.pings, 1)
      assert.strictEqual(video.state, "ToTranscode")
      assert.deepStrictEqual(video.source.duration, Option.some(60))
      assert.deepStrictEqual([...server.world.disk.keys()], [], "the source stands on the disk no longer than needed")
    })
  )

  it.effect("takes a picture of a video, and none of a recording", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { thumbnailKey } = yield* takeIn(server, { baseName: "cat" })
      assert.match(Option.getOrThrow(thumbnailKey), /^videos\/cat\/cat-[0-9a-f-]{36}-thumbnail\.jpg$/)
      assert.include(yield* server.world.files, Option.getOrThrow(thumbnailKey))

      const other = yield* aProcess()
      const recording = yield* takeIn(other, { source: media({ hasVideo: false }) })
      assert.deepStrictEqual(recording.thumbnailKey, Option.none())
      assert.deepStrictEqual(resolutions(other), [0])
      assert.deepStrictEqual(yield* other.world.files, [path])
    })
  )

  it.effect("does without a picture when none can be taken, and the log says so", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      yield* store(server.world, path, media())
      watch.breakDown((call) => call === "MediaProbe.frame")
      const [video, log] = yield* withLog(Effect.orDie(server.transcoding.transcodeVideo(good)))
      assert.deepStrictEqual(video.thumbnailKey, Option.none())
      assert.deepStrictEqual(yield* server.world.files, [path])
      assert.match(log, /No thumbnail could be taken/)
    })
  )

  it.effect("makes all jobs pending at once, the lowest first, each as it was asked for", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const video = yield* takeIn(server, {
        source: media({ width: 1920, height: 1080 }),
        settings: { resolutions: [1080, 240, 720, 480], maxFailures: 2 }
      })
      const jobs = yield* request(server, runner)
      assert.deepStrictEqual(jobs.map(resolutionOf), [240, 480, 720, 1080])
      assert.deepStrictEqual(
        jobs.map(({ priority }) => priority),
        [100, 101, 102, 103]
      )
      for (const job of jobs) {
        assert.strictEqual(job.type, VodHlsTranscoding.name)
        assert.deepStrictEqual(job.videoId, Option.some(video.id))
        assert.deepStrictEqual(job.parentId, Option.none())
        assert.deepStrictEqual(job.privatePayload, {
          videoId: video.id,
          place: { destination: "videos/cat", baseName: null },
          maxFailures: 2
        })
      }
      assert.deepStrictEqual(jobs[0]?.payload, { output: { resolution: 240, fps: 30, separatedAudio: false } })
    })
  )

  it.effect("asks for the source's own size when all that is switched on is larger", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      yield* takeIn(server, { source: media({ width: 320, height: 180 }), settings: { resolutions: [360, 720] } })
      assert.deepStrictEqual(resolutions(server), [180])
    })
  )

  it.effect("takes settings of the call over those configured, one by one", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      yield* takeIn(server, { settings: { alwaysTranscodeOriginalResolution: true } })
      assert.deepStrictEqual(resolutions(server), [360, 480, 720])
      const undefinedMember = { maxFailures: undefined } as unknown as { maxFailures: number }
      const other = yield* aProcess()
      yield* takeIn(other, { settings: { resolutions: [144], ...undefinedMember } })
      assert.deepStrictEqual(resolutions(other), [144])
      const limits = jobsOf(other.world).map((job) => (job.privatePayload as { maxFailures: number }).maxFailures)
      assert.deepStrictEqual(limits, [5])
    })
  )
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
    "with a resolution that there is not": { settings: { resolutions: [333 as 360] } },
    "with no failure allowed": { settings: { maxFailures: 0 } },
    "with half a failure": { settings: { maxFailures: 1.5 } }
  }
  for (const [name, over] of Object.entries(wrong)) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const server = yield* aProcess()
        yield* store(server.world, path, media())
        const error = yield* Effect.flip(server.transcoding.transcodeVideo({ ...good, ...over }))
        assert.strictEqual(error._tag, "InvalidRequest")
        const member = Object.keys(over.settings ?? over)[0] ?? ""
        assert.include(error.message, member)
        yield* assertNothingLeft(server)
      })
    )
  }

  it.effect("without a file", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      assert.strictEqual(yield* outcome(server.transcoding.transcodeVideo(good)), "VideoFileNotFound")
      yield* assertNothingLeft(server)
    })
  )

  const unusable: Record<string, readonly [Uint8Array, RegExp]> = {
    "an unreadable file": [unreadable("The file ends early."), /ends early/],
    "an empty file": [new Uint8Array(), /empty/],
    "a picture": [media({ formatName: "png_pipe", hasAudio: false }), /picture/],
    "a list of other files": [media({ formatName: "hls" }), /./],
    "neither video nor sound": [media({ hasVideo: false, hasAudio: false }), /neither/]
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
      yield* store(server.world, path, media())
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
        yield* store(server.world, path, media())
        const fiber = yield* Effect.fork(server.transcoding.transcodeVideo(good))
        yield* until("the call is made", () => gate.waiting() === 1)
        yield* Fiber.interrupt(fiber)
        yield* assertNothingLeft(server)
        assert.deepStrictEqual([...server.world.disk.keys()], [])
      })
    )
  }
})
