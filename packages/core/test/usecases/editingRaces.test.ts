import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob } from "@runner-connector/contracts"
import { Effect, Option } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import type { Video } from "../../src/domain/video/Video.ts"
import * as Media from "../../src/testing/media.ts"
import { jobOf, jobsOf, register, store, takeIn, videoOf } from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { insert } from "../support/chain.ts"
import { makeMeanwhile } from "../support/meanwhile.ts"
import { type Around, aProcess, type Process } from "../support/Process.ts"
import { upload } from "../support/results.ts"
import { workOnce } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"

type Tasks = Parameters<Process["editing"]["editVideo"]>[1]

const cut: Tasks = [{ name: "cut", options: { start: 10, end: 40 } }]
const withIntro = (file: string): Tasks => [{ name: "add-intro", options: { file } }]

/** A published video without open jobs. */
const published = (options: { readonly around?: Around } = {}, over: Parameters<typeof takeIn>[1] = {}) =>
  Effect.gen(function* () {
    const server = yield* aProcess(options)
    const runner = yield* register(server)
    const { id } = yield* takeIn(server, { settings: { resolutions: [360] }, ...over })
    yield* asTimeGoesBy(workOnce(server, runner))
    return { server, world: server.world, video: videoOf(server.world, { id }) }
  })

const change = ({ world }: Process, { id }: Video, over: Partial<Video>) => {
  world.state.videos.set(id, { ...videoOf(world, { id }), ...over })
}

const captionsOf = (video: Video, over: Partial<RunnerJob> = {}) =>
  aJob({ type: "video-transcription", awaited: false, videoId: Option.some(video.id), ...over })

describe("the job of an edit", () => {
  it.effect("keeps the old source as the call says, or else as the plan of the video says", () =>
    Effect.gen(function* () {
      for (const [plan, asked, expected] of [
        [true, undefined, true],
        [false, undefined, false],
        [true, false, false],
        [false, true, true]
      ] as const) {
        const { server, video } = yield* published({}, { plan: { keepSource: true } })
        change(server, video, { plan: { ...video.plan, keepSource: plan } })
        const { privatePayload } = yield* server.editing.editVideo(video.id, cut, { keepSource: asked })
        assert.deepInclude(privatePayload, { keepsSource: expected, expectedDuration: 30, separatedSound: false })
      }
    })
  )

  it.effect("names each kind of task once as a requirement, and the state to which the video returns", () =>
    Effect.gen(function* () {
      const { server, video } = yield* published()
      yield* store(server.world, "tasks/logo.png", Media.aPicture({ kind: "png" }))
      const logo = { name: "add-watermark", options: { file: "tasks/logo.png" } } as const
      change(server, video, { state: "TranscodingFailed" })
      const job = yield* server.editing.editVideo(video.id, [...cut, logo, logo])
      deepStrictEqual(job.requirements, ["cut", "add-watermark"])
      assert.deepInclude(job.privatePayload, { previousState: "TranscodingFailed" })
    })
  )

  it.effect("expects no duration when that of the video or of an intro is unknown", () =>
    Effect.gen(function* () {
      const unknown = yield* published()
      change(unknown.server, unknown.video, { source: { ...unknown.video.source, duration: Option.none() } })
      const open: Tasks = [{ name: "cut", options: { start: 1 } }]
      const { privatePayload } = yield* unknown.server.editing.editVideo(unknown.video.id, open)
      assert.deepInclude(privatePayload, { expectedDuration: null })
      const { server, video } = yield* published()
      yield* store(server.world, "tasks/intro.mp4", Media.aVideo({ seconds: 0 }))
      const job = yield* server.editing.editVideo(video.id, withIntro("tasks/intro.mp4"))
      assert.deepInclude(job.privatePayload, { expectedDuration: null })
    })
  )

  it.effect("says when the input is in two files", () =>
    Effect.gen(function* () {
      const { server, video } = yield* published()
      yield* store(server.world, "uploads/cat.wav", Media.anAudioFile())
      change(server, video, { soundKey: Option.some(FileKey.make("uploads/cat.wav")) })
      const { privatePayload } = yield* server.editing.editVideo(video.id, cut)
      assert.deepInclude(privatePayload, { separatedSound: true })
    })
  )

  it.effect("takes over the uploads of its tasks", () =>
    Effect.gen(function* () {
      const { server, video, world } = yield* published()
      const key = FileKey.make("tasks/1/intro.mp4")
      yield* Effect.gen(function* () {
        yield* server.uploads.adopt(key, upload(world, "intro.mp4", Media.aVideo({ seconds: 5 })))
        yield* server.editing.editVideo(video.id, withIntro(key))
      }).pipe(Effect.scoped)
      assert.strictEqual(world.state.uploads.size, 0)
      assert.include(yield* world.files, key)
    })
  )
})

describe("an edit is refused", () => {
  it.effect("when a task names any file of the video", () =>
    Effect.gen(function* () {
      const { server, video } = yield* published()
      const soundKey = FileKey.make("uploads/cat.wav")
      yield* store(server.world, soundKey, Media.anAudioFile())
      change(server, video, { soundKey: Option.some(soundKey) })
      const [file] = video.files
      assert.isDefined(file)
      for (const key of [file.key, Option.getOrThrow(video.sourceKey)]) {
        const error = yield* Effect.flip(server.editing.editVideo(video.id, withIntro(key)))
        assert.include(error.message, "A task names a file of the video itself")
      }
    })
  )

  it.effect("when no probe can read the file of a task", () =>
    Effect.gen(function* () {
      const { server, video } = yield* published()
      yield* store(server.world, "tasks/intro.mp4", Media.unreadable("The file ends early."))
      const error = yield* Effect.flip(server.editing.editVideo(video.id, withIntro("tasks/intro.mp4")))
      deepStrictEqual([error._tag, error.message], ["UnusableMedia", "The file ends early."])
    })
  )

  it.effect("when no file of the video is left", () =>
    Effect.gen(function* () {
      const { server, video } = yield* published()
      change(server, video, { sourceKey: Option.none(), files: [] })
      assert.strictEqual(yield* outcome(server.editing.editVideo(video.id, cut)), "MissingInput")
    })
  )

  it.effect("while captions are being stored, and those are left alone", () =>
    Effect.gen(function* () {
      const { server, video, world } = yield* published()
      const captions = captionsOf(video, { state: "Completing" })
      yield* insert(world, captions)
      const error = yield* Effect.flip(server.editing.editVideo(video.id, cut))
      assert.strictEqual(error._tag, "VideoBusy")
      assert.include(error.message, captions.id)
      deepStrictEqual(jobOf(world, captions.id), captions)
    })
  )

  it.effect("when a job is added after the open ones were cancelled", () =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const { server, video, world } = yield* published(meanwhile)
      const late = captionsOf(video)
      meanwhile.before("JobStore.ofVideo", insert(world, late), 2)
      const error = yield* Effect.flip(server.editing.editVideo(video.id, cut))
      assert.include(error.message, late.id)
      assert.strictEqual(videoOf(world, video).state, "Published")
      assert.strictEqual(jobOf(world, late.id).state, "Pending")
    })
  )
})

describe("an edit goes on", () => {
  const ends: ReadonlyArray<readonly [string, (world: Process["world"], job: RunnerJob) => void]> = [
    ["is completed", ({ state }, job) => state.jobs.set(job.id, { ...job, state: "Completed" })],
    ["is removed", ({ state }, job) => state.jobs.delete(job.id)]
  ]
  it.effect.each(ends)("when a job that it is about to cancel %s", ([, end]) =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const { server, video, world } = yield* published(meanwhile)
      const captions = captionsOf(video)
      yield* insert(world, captions)
      meanwhile.before(
        "JobStore.family",
        Effect.sync(() => end(world, captions))
      )
      const job = yield* server.editing.editVideo(video.id, cut)
      assert.isTrue(meanwhile.hasHappened())
      assert.strictEqual(jobsOf(world).at(-1)?.id, job.id)
      assert.strictEqual(videoOf(world, video).state, "ToEdit")
    })
  )
})
