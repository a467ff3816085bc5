import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import { VodHlsTranscoding } from "../../src/jobs/VodHlsTranscoding.ts"
import * as Media from "../../src/testing/media.ts"
import type { TranscodeVideo } from "../../src/usecases/video/Transcoding.ts"
import { jobsOf, register, request, resolutionOf, store, takeIn } from "../support/actions.ts"
import { losingAnswer, makeWatch, withLog } from "../support/calls.ts"
import { aProcess, type Process } from "../support/Process.ts"

const path = FileKey.make("uploads/cat.mov")
const good: TranscodeVideo = { path, destination: "videos/cat" }

const resolutions = ({ world }: Process) => jobsOf(world).map(resolutionOf)

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
      deepStrictEqual(video.source.duration, Option.some(60))
      deepStrictEqual([...server.world.disk.keys()], [], "the source stands on the disk no longer than needed")
    })
  )

  it.effect("keeps title and file name unchanged, and out of every storage key", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const title = "Урлаг — \u202eمرحبا\u202c 🎬"
      const fileName = "🎬🚀 Урлаг — مرحبا….mp4"
      const { id } = yield* takeIn(server, { title, fileName })
      const stored = server.world.state.videos.get(id)
      deepStrictEqual([stored?.title, stored?.fileName], [Option.some(title), Option.some(fileName)])
      for (const key of yield* server.world.files) assert.match(key, /^[\x20-\x7e]+$/)
    })
  )

  it.effect("takes a picture of a video, and none of a recording", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { thumbnailKey } = yield* takeIn(server, { baseName: "cat" })
      assert.match(Option.getOrThrow(thumbnailKey), /^videos\/cat\/cat-[0-9a-f-]{36}-thumbnail\.jpg$/)
      assert.include(yield* server.world.files, Option.getOrThrow(thumbnailKey))

      const other = yield* aProcess()
      const recording = yield* takeIn(other, { source: Media.anAudioFile() })
      deepStrictEqual(recording.thumbnailKey, Option.none())
      deepStrictEqual(resolutions(other), [0])
      deepStrictEqual(yield* other.world.files, [path])
    })
  )

  it.effect("recognises a write that was made although its answer was lost", () =>
    Effect.gen(function* () {
      const server = yield* aProcess({
        around: (call, effect) => (call === "VideoStore.insert" ? losingAnswer(call, effect) : effect)
      })
      const video = yield* takeIn(server)
      deepStrictEqual(server.world.state.videos.get(video.id), video)
      assert.include(yield* server.world.files, Option.getOrThrow(video.thumbnailKey))
      assert.strictEqual(server.world.pings, 1)
    })
  )

  it.effect("does without a picture when none can be taken, and the log says so", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      yield* store(server.world, path, Media.aVideo())
      watch.breakDown((call) => call === "MediaProbe.frame")
      const [video, log] = yield* withLog(Effect.orDie(server.transcoding.transcodeVideo(good)))
      deepStrictEqual(video.thumbnailKey, Option.none())
      deepStrictEqual(yield* server.world.files, [path])
      assert.match(log, /No thumbnail could be taken/)
    })
  )

  it.effect("makes all jobs pending at once, the lowest first, each as requested", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const video = yield* takeIn(server, {
        source: Media.aVideo({ width: 1920, height: 1080 }),
        settings: { resolutions: [1080, 240, 720, 480], maxFailures: 2 }
      })
      const jobs = yield* request(server, runner)
      deepStrictEqual(jobs.map(resolutionOf), [240, 480, 720, 1080])
      deepStrictEqual(
        jobs.map(({ priority }) => priority),
        [100, 101, 102, 103]
      )
      for (const job of jobs) {
        assert.strictEqual(job.type, VodHlsTranscoding.name)
        deepStrictEqual(job.videoId, Option.some(video.id))
        deepStrictEqual(job.parentId, Option.none())
        deepStrictEqual(job.privatePayload, {
          videoId: video.id,
          place: { destination: "videos/cat", baseName: null },
          maxFailures: 2,
          canPublish: true,
          deletesInput: false,
          deletesWebVideos: false,
          separatedSound: false
        })
      }
      deepStrictEqual(jobs[0]?.payload, { output: { resolution: 240, fps: 30, separatedAudio: false } })
    })
  )

  it.effect("asks for the source's own size when all that is switched on is larger", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      yield* takeIn(server, {
        source: Media.aVideo({ width: 320, height: 180 }),
        settings: { resolutions: [360, 720] }
      })
      deepStrictEqual(resolutions(server), [180])
    })
  )

  it.effect("takes settings of the call over those configured, one by one", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      yield* takeIn(server, { settings: { alwaysTranscodeOriginalResolution: true } })
      deepStrictEqual(resolutions(server), [360, 480, 720])
      const undefinedMember = { maxFailures: undefined } as unknown as { maxFailures: number }
      const other = yield* aProcess()
      yield* takeIn(other, { settings: { resolutions: [144], ...undefinedMember } })
      deepStrictEqual(resolutions(other), [144])
      const limits = jobsOf(other.world).map((job) => (job.privatePayload as { maxFailures: number }).maxFailures)
      deepStrictEqual(limits, [5])
    })
  )
})
