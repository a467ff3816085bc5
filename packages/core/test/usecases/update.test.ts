import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import { aHeldJob, type Held, jobOf, videoOf } from "../support/actions.ts"
import { makeWatch, outcome } from "../support/calls.ts"
import { added, aRunningLive, liveFiles, report } from "../support/live.ts"
import { makeMeanwhile } from "../support/meanwhile.ts"
import { aProcess, type Process } from "../support/Process.ts"
import { asTimeGoesBy } from "../support/time.ts"

const send = (server: Process, { claim }: Held, payload: unknown) =>
  outcome(server.jobs.update({ ...claim, progress: Option.none(), payload }))

const change = ({ world }: Process, { job }: Held, over: Partial<RunnerJob>) => {
  world.state.jobs.set(job.id, { ...jobOf(world, job.id), ...over })
}

describe("the payload of an update", () => {
  it.effect("is none when it is missing or has no fields, and otherwise refused where none is expected", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { held } = yield* aHeldJob(server)
      for (const payload of [undefined, {}, []]) assert.strictEqual(yield* send(server, held, payload), "ok")
      for (const payload of [null, "", "text", 0, false, { progress: 1 }]) {
        assert.strictEqual(yield* send(server, held, payload), "InvalidPayload", JSON.stringify(payload))
      }
    })
  )

  it.effect("is refused when the job cannot be read", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { held } = yield* aRunningLive(server)
      change(server, held, { privatePayload: null })
      const error = yield* Effect.flip(report(server, held, added(server.world, 0, 0)))
      assert.strictEqual(error._tag, "InvalidPayload")
      assert.strictEqual(error.message, "An update of this type of job carries no payload")
    })
  )

  it.effect("is ignored once the result has arrived", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { held, video } = yield* aRunningLive(server)
      for (const state of ["Completing", "Completed"] as const) {
        change(server, held, { state })
        yield* report(server, held, added(server.world, 0, 0))
        deepStrictEqual(yield* liveFiles(server.world), [])
        assert.strictEqual(videoOf(server.world, video).revision, video.revision)
      }
    })
  )

  it.effect("is still checked once the result has arrived", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { held } = yield* aRunningLive(server)
      change(server, held, { state: "Completed" })
      assert.strictEqual(yield* send(server, held, { type: "add-all" }), "InvalidPayload")
    })
  )
})

describe("an update that changes the video", () => {
  it.effect("is written once, and later ones leave the video as it is", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const { held, video } = yield* aRunningLive(server)
      yield* report(server, held, added(server.world, 0, 0))
      assert.strictEqual(videoOf(server.world, video).revision, video.revision)
      yield* report(server, held, added(server.world, 1, 0))
      const running = videoOf(server.world, video)
      assert.isAbove(running.revision, video.revision)
      yield* report(server, held, added(server.world, 0, 1))
      yield* report(server, held, added(server.world, 1, 1))
      deepStrictEqual(videoOf(server.world, video), running)
      assert.strictEqual(watch.count("VideoStore.save"), 1)
    })
  )

  it.effect("is written although the video changes at the same moment", () =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const server = yield* aProcess(meanwhile)
      const { world } = server
      const { held, video } = yield* aRunningLive(server)
      yield* report(server, held, added(world, 0, 0))
      const touch = Effect.sync(() => {
        const now = videoOf(world, video)
        world.state.videos.set(video.id, { ...now, revision: now.revision + 1 })
      })
      meanwhile.before("VideoStore.save", touch)
      yield* asTimeGoesBy(report(server, held, added(world, 1, 0)))
      assert.isTrue(meanwhile.hasHappened())
      assert.strictEqual(videoOf(world, video).state, "Published")
      deepStrictEqual(
        world.told.map(({ hook }) => hook),
        ["liveStarted"]
      )
    })
  )

  it.effect("is dropped when the video is gone", () =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const server = yield* aProcess(meanwhile)
      const { world } = server
      const { held, video } = yield* aRunningLive(server)
      yield* report(server, held, added(world, 0, 0))
      // The type of the job reads the video before it stores the report, and after that.
      const remove = Effect.sync(() => world.state.videos.delete(video.id))
      meanwhile.before("VideoStore.find", remove, 3)
      assert.strictEqual(yield* outcome(report(server, held, added(world, 1, 0))), "ok")
      assert.isTrue(meanwhile.hasHappened())
      deepStrictEqual(world.told, [])
      assert.strictEqual(world.state.videos.size, 0)
    })
  )
})

describe("an update of a job that its runner does not process", () => {
  it.effect("is no error after the result was stored, and one otherwise", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { held } = yield* aHeldJob(server)
      for (const [state, expected] of [
        ["Completing", "ok"],
        ["Completed", "ok"],
        ["Errored", "JobNotProcessing"],
        ["Pending", "JobNotProcessing"]
      ] as const) {
        change(server, held, { state })
        assert.strictEqual(yield* send(server, held, undefined), expected, state)
      }
    })
  )
})
