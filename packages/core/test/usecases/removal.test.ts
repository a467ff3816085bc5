import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aVideoId } from "@runner-connector/contracts"
import { Context, Effect, Fiber, Option, TestClock } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import { until } from "../../src/testing/eventually.ts"
import * as Media from "../../src/testing/media.ts"
import { acceptNext, aHeldJob, jobOf, jobsOf, register, store, succeed, takeIn, videoOf } from "../support/actions.ts"
import { makeWatch, outcome } from "../support/calls.ts"
import { makeGate } from "../support/gate.ts"
import { aProcess, startProcess } from "../support/Process.ts"
import { aResult } from "../support/results.ts"
import { asTimeGoesBy } from "../support/time.ts"

const path = FileKey.make("uploads/cat.mov")

describe("removeVideo", () => {
  it.effect("cancels open jobs, and removes every file and the video", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const runner = yield* register(server)
      const video = yield* takeIn(server, { settings: { resolutions: [240, 360, 480] } })
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      const held = yield* acceptNext(server, runner)
      yield* server.removal.removeVideo(video.id)
      deepStrictEqual(
        jobsOf(world).map(({ state }) => state),
        ["Completed", "Cancelled", "Cancelled"]
      )
      deepStrictEqual(yield* world.files, [])
      assert.strictEqual(world.state.videos.size, 0)
      const late = aResult(world, 360)
      assert.strictEqual(yield* outcome(succeed(server, held, late)), "UnknownJob")
      assert.strictEqual(late.released(), 1)
      assert.strictEqual(yield* outcome(server.removal.removeVideo(video.id)), "UnknownVideo")
      assert.strictEqual(yield* outcome(server.removal.removeVideo(aVideoId())), "UnknownVideo")
    })
  )

  it.effect("leaves the source where it is when the host keeps it, and other videos alone", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const kept = yield* takeIn(server)
      yield* store(server.world, "uploads/dog.mov", Media.aVideo())
      const removed = yield* Effect.orDie(
        server.transcoding.transcodeVideo({ path: "uploads/dog.mov", destination: "videos/dog" })
      )
      yield* server.removal.removeVideo(removed.id, { keepSource: true })
      const thumbnail = Option.getOrThrow(videoOf(server.world, kept).thumbnailKey)
      assert.sameMembers([...(yield* server.world.files)], [path, FileKey.make("uploads/dog.mov"), thumbnail])
      yield* server.removal.removeVideo(kept.id)
      assert.sameMembers([...(yield* server.world.files)], [FileKey.make("uploads/dog.mov")])
    })
  )

  it.effect("lets nothing more be made of a video whose files could not all be removed, and can be asked again", () =>
    Effect.gen(function* () {
      const { around, breakDown } = makeWatch()
      const server = yield* aProcess({ around })
      const { id } = yield* takeIn(server)
      breakDown((call) => call === "FileStorage.remove")
      assert.strictEqual(yield* outcome(server.removal.removeVideo(id)), "FileStorageError")
      breakDown(() => false)
      assert.strictEqual(yield* outcome(server.transcoding.ensureRenditions(id)), "VideoNotTranscodable")
      yield* server.removal.removeVideo(id)
      deepStrictEqual(yield* server.world.files, [])
    })
  )

  it.effect("keeps the source of the host, and the record of it, when the storage fails", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      for (const keepSource of [true, false]) {
        const video = yield* takeIn(server)
        server.world.state.videos.set(video.id, { ...video, soundKey: video.sourceKey })
        watch.breakDown((call) => call === "FileStorage.remove")
        yield* Effect.ignore(server.removal.removeVideo(video.id, { keepSource }))
        watch.breakDown(() => false)
        const { soundKey, sourceKey } = videoOf(server.world, video)
        const expected = keepSource ? video.sourceKey : Option.none()
        deepStrictEqual([sourceKey, soundKey], [expected, expected])
      }
    })
  )

  it.effect("removes pending deletions too, and ends the dependents of its jobs", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const video = yield* takeIn(server)
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      assert.lengthOf(videoOf(server.world, video).pendingDeletion, 1)
      const waiting = aJob({ state: "WaitingForParent", videoId: Option.some(video.id) })
      const child = aJob({ state: "WaitingForParent", parentId: Option.some(waiting.id) })
      yield* Context.get(server.world.ports, JobStore).insert([waiting, child])
      yield* server.removal.removeVideo(video.id)
      deepStrictEqual(
        jobsOf(server.world).map(({ state }) => state),
        ["Completed", "Completed", "Cancelled", "ParentCancelled"]
      )
      deepStrictEqual(yield* server.world.files, [])
    })
  )

  it.effect("takes a result from the server that stores it, which then removes later files", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("FileStorage.adopt")
      const server = yield* aProcess(gate)
      const other = yield* startProcess(server.world)
      const { held, video } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
      const result = aResult(server.world, 360)
      yield* Effect.fork(succeed(server, held, result))
      yield* until("the result is being stored", () => gate.waiting() === 1)
      yield* other.removal.removeVideo(video.id)
      assert.strictEqual(jobOf(server.world, held.job.id).state, "Cancelled")
      yield* gate.open
      yield* asTimeGoesBy(until("the uploads are let go", () => result.released() === 1))
      deepStrictEqual(yield* server.world.files, [])
      assert.strictEqual(jobOf(server.world, held.job.id).state, "Cancelled")
      deepStrictEqual(server.world.told, [])
    })
  )

  it.effect("can be made again when the storage failed, and upkeep removes the files meanwhile", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const video = yield* takeIn(server)
      watch.breakDown((call) => call === "FileStorage.remove")
      assert.strictEqual(yield* outcome(server.removal.removeVideo(video.id)), "FileStorageError")
      const shell = videoOf(server.world, video)
      deepStrictEqual([shell.files, shell.thumbnailKey], [[], Option.none()])
      watch.breakDown(() => false)
      yield* TestClock.adjust("2 hours")
      yield* server.upkeep
      deepStrictEqual(yield* server.world.files, [])
      yield* server.removal.removeVideo(video.id)
      assert.strictEqual(server.world.state.videos.size, 0)
    })
  )

  it.effect("leaves nothing of what another server adds and publishes in the middle of it", () =>
    Effect.gen(function* () {
      // Read for the first time to see whether it is a live.
      let readings = Number.NEGATIVE_INFINITY
      const emptying = yield* makeGate("VideoStore.find", { isClosed: () => ++readings === 2 })
      const last = yield* makeGate("VideoStore.remove")
      const server = yield* aProcess({
        around: (call, effect) => emptying.around(call, last.around(call, effect))
      })
      const other = yield* startProcess(server.world)
      const runner = yield* register(server)
      const { id } = yield* takeIn(server, { settings: { resolutions: [360] } })
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))

      readings = 0
      const removing = yield* Effect.fork(server.removal.removeVideo(id))
      yield* until("the jobs are cancelled", () => emptying.waiting() === 1)
      const { id: storyboard } = yield* Effect.orDie(other.storyboards.makeStoryboard(id))
      yield* emptying.open
      yield* asTimeGoesBy(until("the files are removed", () => last.waiting() === 1))
      yield* asTimeGoesBy(succeed(other, yield* acceptNext(other, runner)))
      assert.strictEqual(jobOf(server.world, storyboard).state, "Completed")

      yield* last.open
      yield* asTimeGoesBy(Fiber.join(removing))
      assert.strictEqual(server.world.state.videos.size, 0)
      deepStrictEqual(yield* server.world.files, [])
    })
  )
})
