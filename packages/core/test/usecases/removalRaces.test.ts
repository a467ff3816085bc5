import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob } from "@runner-connector/contracts"
import { DateTime, Effect, Option, TestClock } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import { liveFolder } from "../../src/domain/live/LiveFiles.ts"
import { aHeldJob, jobOf, store, takeIn, videoOf } from "../support/actions.ts"
import { makeWatch, outcome, withLog } from "../support/calls.ts"
import { insert } from "../support/chain.ts"
import { aRunningLive, broadcast, sessionOf } from "../support/live.ts"
import { makeMeanwhile } from "../support/meanwhile.ts"
import { type Around, aProcess, startProcess } from "../support/Process.ts"
import { endLive } from "../support/replay.ts"
import { turn } from "../support/time.ts"

/** A video whose only job has a result that a server stores, and another server. */
const storing = Effect.gen(function* () {
  const meanwhile = makeMeanwhile()
  const server = yield* aProcess()
  const { world } = server
  const other = yield* startProcess(world, meanwhile)
  const { job, video } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
  const change = (over: Partial<RunnerJob>) =>
    Effect.sync(() => void world.state.jobs.set(job.id, { ...jobOf(world, job.id), ...over }))
  yield* change({ state: "Completing" })
  return { change, job, meanwhile, other, video, world }
})

describe("the removal of a video whose result is being stored", () => {
  it.effect("cancels the job without counting a stall or a failure", () =>
    Effect.gen(function* () {
      const { job, other, video, world } = yield* storing
      yield* other.removal.removeVideo(video.id)
      const { failures, stalls, state } = jobOf(world, job.id)
      deepStrictEqual([state, failures, stalls], ["Cancelled", 0, 0])
    })
  )

  it.effect("goes on when that job was removed meanwhile", () =>
    Effect.gen(function* () {
      const { job, meanwhile, other, video, world } = yield* storing
      // Read for the first time to cancel it.
      meanwhile.before(
        "JobStore.family",
        Effect.sync(() => world.state.jobs.delete(job.id)),
        2
      )
      yield* other.removal.removeVideo(video.id)
      assert.isTrue(meanwhile.hasHappened())
      assert.strictEqual(world.state.videos.size, 0)
    })
  )

  for (const nth of [2, 3]) {
    it.effect(`goes on when the result was published before the job was read for time ${nth}`, () =>
      Effect.gen(function* () {
        const { change, job, meanwhile, other, video, world } = yield* storing
        meanwhile.before("JobStore.family", change({ state: "Completed" }), nth)
        yield* other.removal.removeVideo(video.id)
        assert.isTrue(meanwhile.hasHappened())
        assert.strictEqual(jobOf(world, job.id).state, "Completed")
        assert.strictEqual(world.state.videos.size, 0)
      })
    )
  }

  it.effect("cancels the job when it went back to the queue meanwhile", () =>
    Effect.gen(function* () {
      const { change, job, meanwhile, other, video, world } = yield* storing
      meanwhile.before("JobStore.family", change({ state: "Pending", attemptId: Option.none() }), 3)
      yield* other.removal.removeVideo(video.id)
      assert.strictEqual(jobOf(world, job.id).state, "Cancelled")
    })
  )
})

describe("the removal of a video", () => {
  it.effect("cancels a job that was added just before the video was gone", () =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const server = yield* aProcess(meanwhile)
      const { id } = yield* takeIn(server)
      const late = aJob({ videoId: Option.some(id) })
      meanwhile.before("VideoStore.remove", insert(server.world, late))
      yield* server.removal.removeVideo(id)
      assert.isTrue(meanwhile.hasHappened())
      assert.strictEqual(jobOf(server.world, late.id).state, "Cancelled")
    })
  )

  it.effect("deletes the files in the folder of a live, even long after its end", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const { held, video } = yield* aRunningLive(server)
      yield* broadcast(server, held, 1)
      yield* endLive(server, held)
      yield* TestClock.adjust("2 hours")
      yield* server.upkeep
      deepStrictEqual(videoOf(world, video).pendingDeletion, [])
      yield* store(world, `${liveFolder(video.destination, sessionOf(world, video).id)}/0-000009.ts`, new Uint8Array(1))
      yield* server.removal.removeVideo(video.id)
      deepStrictEqual(yield* world.files, [])
    })
  )

  it.effect("begins no replay", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const { held, video } = yield* aRunningLive(server, { replay: true })
      yield* broadcast(server, held, 1)
      watch.calls.splice(0)
      yield* server.removal.removeVideo(video.id)
      yield* Effect.repeatN(turn, 20)
      deepStrictEqual([watch.count("FileStorage.read"), watch.count("FileStorage.stat")], [0, 0])
    })
  )
})

/** A video with a file that was replaced long ago. */
const replaced = (options: { readonly around?: Around } = {}) =>
  Effect.gen(function* () {
    const server = yield* aProcess(options)
    const { world } = server
    const video = yield* takeIn(server)
    const key = FileKey.make("videos/cat/old.m3u8")
    yield* store(world, key, new Uint8Array([1]))
    const at = yield* DateTime.now
    world.state.videos.set(video.id, { ...video, pendingDeletion: [{ key, at }] })
    yield* TestClock.adjust("2 hours")
    return { key, server, video, world }
  })

describe("the sweep of replaced files", () => {
  it.effect("is left to the next round without a warning when the video changes meanwhile", () =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const { key, server, video, world } = yield* replaced(meanwhile)
      const touch = Effect.sync(() => {
        const now = videoOf(world, video)
        world.state.videos.set(video.id, { ...now, revision: now.revision + 1 })
      })
      meanwhile.before("VideoStore.save", touch)
      const [, log] = yield* withLog(server.upkeep)
      assert.isTrue(meanwhile.hasHappened())
      assert.notInclude(log, "Upkeep failed")
      assert.lengthOf(videoOf(world, video).pendingDeletion, 1)
      yield* server.upkeep
      deepStrictEqual(videoOf(world, video).pendingDeletion, [])
      assert.notInclude(yield* world.files, key)
    })
  )

  it.effect("deletes no folder where a file was replaced", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const { key, server, video, world } = yield* replaced(watch)
      yield* server.upkeep
      assert.notInclude(yield* world.files, key)
      yield* server.removal.removeVideo(video.id)
      assert.strictEqual(watch.count("FileStorage.removeFolder"), 0)
    })
  )

  it.effect("writes nothing when no file could be deleted", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const { server, video, world } = yield* replaced(watch)
      watch.breakDown((call) => call === "FileStorage.remove")
      const before = videoOf(world, video)
      yield* server.upkeep
      deepStrictEqual(videoOf(world, video), before)
      assert.strictEqual(watch.count("VideoStore.save"), 0)
    })
  )

  it.effect("is complete although a folder cannot be deleted a second time", () =>
    Effect.gen(function* () {
      let deletions = 0
      const watch = makeWatch()
      watch.breakDown((call) => call === "FileStorage.removeFolder" && ++deletions > 1)
      const server = yield* aProcess(watch)
      const { world } = server
      const { held, video } = yield* aRunningLive(server)
      yield* broadcast(server, held, 1)
      yield* endLive(server, held)
      yield* TestClock.adjust("2 hours")
      const [, log] = yield* withLog(server.upkeep)
      assert.strictEqual(deletions, 2)
      assert.notInclude(log, "Upkeep failed")
      deepStrictEqual(videoOf(world, video).pendingDeletion, [])
      assert.strictEqual(yield* outcome(server.removal.removeVideo(video.id)), "FileStorageError")
    })
  )
})
