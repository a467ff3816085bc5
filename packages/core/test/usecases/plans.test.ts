import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import * as Media from "../../src/testing/media.ts"
import type { TranscodeVideo } from "../../src/usecases/video/Transcoding.ts"
import {
  accept,
  acceptNext,
  jobOf,
  readText,
  register,
  request,
  resolutionOf,
  succeed,
  takeIn,
  videoOf
} from "../support/actions.ts"
import { assertConsistent } from "../support/invariants.ts"
import { aProcess, type ProcessOptions } from "../support/Process.ts"
import { resultWith } from "../support/results.ts"
import { goOn } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"

const aVideo = (over: Partial<TranscodeVideo> & { readonly source?: Uint8Array }, options?: ProcessOptions) =>
  Effect.gen(function* () {
    const server = yield* aProcess(options)
    const runner = yield* register(server)
    const video = yield* takeIn(server, over)
    const work = Effect.gen(function* () {
      const held = yield* acceptNext(server, runner)
      yield* asTimeGoesBy(succeed(server, held))
      yield* assertConsistent(server.world)
      return jobOf(server.world, held.job.id)
    }).pipe(Effect.orDie)
    return { server, world: server.world, runner, video, work, now: () => videoOf(server.world, video) }
  })

const hooks = (world: { readonly told: ReadonlyArray<{ readonly hook: string }> }) => world.told.map(({ hook }) => hook)

describe("progressive files", () => {
  it.effect("beside HLS: both of each size, under our names, and the application hears of them", () =>
    Effect.gen(function* () {
      const { now, runner, server, work, world } = yield* aVideo({ plan: { webVideos: true }, baseName: "cat" })
      yield* work
      const job = yield* work
      assert.strictEqual(job.type, "vod-web-video-transcoding")
      const id = Option.getOrThrow(job.attemptId)
      deepStrictEqual(
        now().webVideos.map(({ key }) => key),
        [`videos/cat/cat-${id}-360.mp4`]
      )
      deepStrictEqual(hooks(world), ["renditionReady", "videoPlayable", "webVideoReady"])
      yield* goOn(server, runner)
      deepStrictEqual(
        now().webVideos.map(({ resolution }) => resolution),
        [360, 480]
      )
      deepStrictEqual(now().sourceKey, Option.some("uploads/cat.mov"))
    })
  )

  it.effect("alone: the first one publishes the video, which has no playlist", () =>
    Effect.gen(function* () {
      const { now, runner, server, work, world } = yield* aVideo({ plan: { webVideos: true, hls: false } })
      yield* work
      assert.strictEqual(now().state, "Published")
      yield* goOn(server, runner)
      deepStrictEqual(now().playlistKey, Option.none())
      assert.lengthOf(world.masters, 0)
      deepStrictEqual(hooks(world), ["webVideoReady", "videoPlayable", "webVideoReady", "transcodingEnded"])
    })
  )

  it.effect("of sound alone", () =>
    Effect.gen(function* () {
      const plan = { webVideos: true, hls: false }
      const { now, work } = yield* aVideo({ source: Media.anAudioFile(), plan })
      yield* work
      deepStrictEqual(
        now().webVideos.map(({ hasVideo, resolution }) => [hasVideo, resolution]),
        [[false, 0]]
      )
      assert.strictEqual(now().state, "Published")
    })
  )

  it.effect("that are not as asked are refused, and nothing is kept", () =>
    Effect.gen(function* () {
      const { now, runner, server, world } = yield* aVideo({ plan: { webVideos: true, hls: false } })
      const before = yield* world.files
      const held = yield* acceptNext(server, runner)
      const silent = Media.aVideo({ width: 640, height: 360, hasAudio: false })
      yield* asTimeGoesBy(succeed(server, held, resultWith(world, held.job, silent)))
      assert.strictEqual(jobOf(world, held.job.id).failures, 1)
      deepStrictEqual(now().webVideos, [])
      deepStrictEqual(yield* world.files, before)
    })
  )
})

describe("a source that is not kept", () => {
  it.effect("stays until the last job is completed, and goes with it", () =>
    Effect.gen(function* () {
      const { now, runner, server, work, world } = yield* aVideo({ plan: { keepSource: false } })
      yield* work
      deepStrictEqual(now().sourceKey, Option.some("uploads/cat.mov"))
      yield* work
      deepStrictEqual(now().sourceKey, Option.none())
      assert.include(yield* world.files, FileKey.make("uploads/cat.mov"), "for those who still read it")
      yield* goOn(server, runner)
      assert.notInclude(yield* world.files, FileKey.make("uploads/cat.mov"))
    })
  )

  it.effect("stays when a job has failed: somebody may try it again", () =>
    Effect.gen(function* () {
      const { now, runner, server, work } = yield* aVideo({
        plan: { keepSource: false },
        settings: { maxFailures: 1, resolutions: [360, 480] }
      })
      yield* work
      const held = yield* acceptNext(server, runner)
      yield* server.jobs.error({ ...held.claim, message: "no" })
      assert.isTrue(Option.isSome(now().endedAt))
      deepStrictEqual(now().sourceKey, Option.some("uploads/cat.mov"))
    })
  )
})

describe("split sound", () => {
  it.effect("is a rendition of its own, and the video is published with both in any order", () =>
    Effect.gen(function* () {
      const { now, runner, server, work, world } = yield* aVideo({ plan: { splitAudio: true } })
      const [sound, picture] = yield* request(server, runner)
      assert.isDefined(sound)
      assert.isDefined(picture)
      deepStrictEqual(sound.payload, { output: { resolution: 0, fps: 0, separatedAudio: true } })
      const low = yield* accept(server, runner, picture.id)
      yield* asTimeGoesBy(succeed(server, low))
      deepStrictEqual([now().state, now().playlistKey], ["ToTranscode", Option.none()])
      yield* work
      assert.strictEqual(now().state, "Published")
      const text = yield* readText(world, Option.getOrThrow(now().playlistKey))
      assert.match(text, /TYPE=AUDIO,GROUP-ID="audio".*-0\.m3u8"/)
      assert.match(text, /RESOLUTION=640x360,.*CODECS="avc1\.64001e,mp4a\.40\.2",AUDIO="audio"/)
      yield* goOn(server, runner)
    })
  )

  it.effect("is refused in a picture that was to have none", () =>
    Effect.gen(function* () {
      const { runner, server, work, world } = yield* aVideo({ plan: { splitAudio: true } })
      yield* work
      const held = yield* acceptNext(server, runner)
      yield* asTimeGoesBy(succeed(server, held, resultWith(world, held.job, Media.aVideo({ width: 640, height: 360 }))))
      assert.strictEqual(jobOf(world, held.job.id).failures, 1)
      assert.strictEqual(resolutionOf(held.job), 360)
    })
  )
})

it.effect("what a call leaves out is as configured", () =>
  Effect.gen(function* () {
    const plan = {
      graph: "peertube",
      hls: true,
      webVideos: true,
      splitAudio: false,
      audioMerge: false,
      keepSource: false,
      storyboard: false
    } as const
    const { now } = yield* aVideo({ plan: { keepSource: true } }, { settings: { plan } })
    const { settings, ...used } = now().plan
    deepStrictEqual(used, { ...plan, keepSource: true })
    deepStrictEqual(settings.resolutions, [360, 480])
  })
)
