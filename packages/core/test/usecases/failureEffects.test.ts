import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option, TestClock } from "effect"
import { uploadKeyOf } from "../../src/ports/Tokens.ts"
import { acceptNext, aHeldJob, type Held, jobOf, jobsOf, register, takeIn, videoOf } from "../support/actions.ts"
import { makeWatch, outcome, withLog } from "../support/calls.ts"
import { makeMeanwhile } from "../support/meanwhile.ts"
import { type Around, aProcess, type Process } from "../support/Process.ts"
import { upload } from "../support/results.ts"
import { asTimeGoesBy } from "../support/time.ts"

/** A runner that has the only rendition of a video, and has uploaded a part of the result. */
const uploaded = (options: { readonly around?: Around } = {}) =>
  Effect.gen(function* () {
    const server = yield* aProcess({ ...options, settings: { customUploads: true } })
    const { held, video } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
    const address = { id: held.job.id, key: yield* uploadKeyOf(held.claim.jobToken), file: "videoFile" }
    yield* server.customUploads.store(address, upload(server.world, "part", new Uint8Array([1])))
    const key = `custom-uploads/${Option.getOrThrow(held.job.attemptId)}-videoFile`
    return { server, world: server.world, video, held, key }
  })

const abort = (server: Process, { claim }: Held) => server.jobs.abort({ ...claim, reason: "stopped" })

/** Writes the video as another server would. */
const touch = ({ world }: Process, id: Parameters<typeof videoOf>[1]) =>
  Effect.sync(() => {
    const video = videoOf(world, id)
    world.state.videos.set(video.id, { ...video, revision: video.revision + 1 })
  })

describe("an attempt that ends without a result", () => {
  it.effect("leaves the video unread and unwritten when it has no effect on it", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const { held, video } = yield* aHeldJob(server)
      watch.calls.splice(0)
      yield* abort(server, held)
      deepStrictEqual(
        watch.calls.filter((call) => call.startsWith("VideoStore.") || call === "JobStore.ofVideo"),
        []
      )
      assert.strictEqual(videoOf(server.world, video).revision, video.revision)
    })
  )

  it.effect("removes its uploaded files", () =>
    Effect.gen(function* () {
      const { held, key, server, video, world } = yield* uploaded()
      assert.include(yield* world.files, key)
      yield* abort(server, held)
      assert.notInclude(yield* world.files, key)
      deepStrictEqual(
        videoOf(world, video).pendingDeletion.map((file) => String(file.key)),
        [key],
        "so that a crash in between leaves nothing"
      )
    })
  )

  it.effect("removes the uploaded files of a removed video as well", () =>
    Effect.gen(function* () {
      const { held, key, server, video, world } = yield* uploaded()
      world.state.videos.delete(video.id)
      yield* abort(server, held)
      assert.notInclude(yield* world.files, key)
      assert.strictEqual(jobOf(world, held.job.id).state, "Pending")
    })
  )

  it.effect("ends although the storage cannot remove that, which upkeep does later", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const { held, key, server, world } = yield* uploaded(watch)
      watch.breakDown((call) => call === "FileStorage.remove")
      yield* abort(server, held)
      assert.strictEqual(jobOf(world, held.job.id).state, "Pending")
      assert.include(yield* world.files, key)
      watch.breakDown(() => false)
      yield* TestClock.adjust("2 hours")
      yield* server.upkeep
      assert.notInclude(yield* world.files, key)
    })
  )

  it.effect("ends although the storage is away and the video is gone", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const { held, server, video, world } = yield* uploaded(watch)
      world.state.videos.delete(video.id)
      watch.breakDown((call) => call === "FileStorage.remove")
      yield* abort(server, held)
      assert.strictEqual(jobOf(world, held.job.id).state, "Pending")
    })
  )

  it.effect("is not written while the database is away", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const { held, server, world } = yield* uploaded(watch)
      watch.breakDown((call) => call === "VideoStore.save")
      assert.strictEqual(yield* asTimeGoesBy(outcome(abort(server, held))), "PersistenceError")
      assert.strictEqual(jobOf(world, held.job.id).state, "Processing")
    })
  )

  it.effect("is written although the video changes at the same moment", () =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const { held, server, video, world } = yield* uploaded(meanwhile)
      meanwhile.before("VideoStore.save", touch(server, video))
      yield* asTimeGoesBy(abort(server, held))
      assert.isTrue(meanwhile.hasHappened())
      assert.strictEqual(jobOf(world, held.job.id).state, "Pending")
      assert.strictEqual(videoOf(world, video).revision, video.revision + 2)
    })
  )
})

describe("captions that fail at the moment at which the video changes", () => {
  it.effect("are reported once", () =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const server = yield* aProcess(meanwhile)
      const runner = yield* register(server)
      const video = yield* takeIn(server, { settings: { resolutions: [360], maxFailures: 1 } })
      for (const { id } of jobsOf(server.world)) yield* server.admin.cancel(id)
      server.world.told.splice(0)
      yield* Effect.orDie(server.transcription.transcribeVideo({ video: video.id }))
      const { claim, job } = yield* acceptNext(server, runner)
      meanwhile.before("VideoStore.save", touch(server, video))
      yield* asTimeGoesBy(server.jobs.error({ ...claim, message: "no" }))
      assert.isTrue(meanwhile.hasHappened())
      assert.strictEqual(jobOf(server.world, job.id).state, "Errored")
      deepStrictEqual(
        server.world.told.map(({ hook }) => hook),
        ["transcriptionFailed"]
      )
    })
  )
})

describe("the end of the last job", () => {
  it.effect("is written although the video cannot be read then, and upkeep ends the video", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const video = yield* takeIn(server, { settings: { resolutions: [360] } })
      const [job] = jobsOf(server.world)
      assert.isDefined(job)
      watch.breakDown((call) => call === "VideoStore.find")
      const [, log] = yield* withLog(server.admin.cancel(job.id))
      assert.include(log, "A video could not be finalized now; upkeep will try again")
      assert.strictEqual(jobOf(server.world, job.id).state, "Cancelled")
      watch.breakDown(() => false)
      yield* server.upkeep
      assert.isTrue(Option.isSome(videoOf(server.world, video).endedAt))
    })
  )
})
