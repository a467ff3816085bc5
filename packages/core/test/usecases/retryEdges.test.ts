import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aJobId } from "@runner-connector/contracts"
import { Effect, Option } from "effect"
import { failNext, jobOf, jobsOf, register, retry, takeIn, videoOf } from "../support/actions.ts"
import { aChain, insert } from "../support/chain.ts"
import { makeMeanwhile } from "../support/meanwhile.ts"
import { aProcess } from "../support/Process.ts"
import { asTimeGoesBy } from "../support/time.ts"

const once = { resolutions: [360], maxFailures: 1 } as const

describe("a job that is retried", () => {
  it.effect("keeps its private payload when that names no input", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const runner = yield* register(server)
      yield* takeIn(server, { settings: once, plan: { storyboard: true } })
      yield* failNext(server, runner)
      const storyboard = jobsOf(world).find(({ type }) => type === "generate-video-storyboard")
      assert.isDefined(storyboard)
      yield* server.admin.cancel(storyboard.id)
      yield* retry(server, storyboard.id)
      deepStrictEqual(jobOf(world, storyboard.id).privatePayload, storyboard.privatePayload)
    })
  )

  it.effect("keeps its inputs while it waits for its parent", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const sound = { soundKey: Option.some("uploads/cat.wav" as never) }
      const { ids, jobs, statesNow } = yield* aChain(server, ["Pending", "Cancelled"], sound)
      const child = { ...jobOf(server.world, ids[1] ?? aJobId()), privatePayload: { separatedSound: false } }
      server.world.state.jobs.set(child.id, child)
      yield* server.admin.retry(child.id)
      deepStrictEqual(statesNow(), ["Pending", "WaitingForParent"])
      deepStrictEqual(jobOf(server.world, child.id).privatePayload, { separatedSound: false })
      assert.lengthOf(jobs, 2)
    })
  )

  it.effect("does not reopen its video when the video does not wait for it", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const runner = yield* register(server)
      const video = yield* takeIn(server, { settings: once, plan: { storyboard: true } })
      yield* failNext(server, runner)
      const storyboard = jobsOf(world).find(({ awaited }) => !awaited)
      assert.isDefined(storyboard)
      yield* server.admin.cancel(storyboard.id)
      const { endedAt, state } = videoOf(world, video)
      assert.isTrue(Option.isSome(endedAt))
      yield* retry(server, storyboard.id)
      assert.strictEqual(jobOf(world, storyboard.id).state, "Pending")
      assert.deepInclude(videoOf(world, video), { endedAt, state })
    })
  )

  it.effect("reopens its video when the video waits for one of the jobs that follow it, or for the job itself", () =>
    Effect.gen(function* () {
      for (const awaited of [
        [true, false],
        [false, true]
      ]) {
        const server = yield* aProcess()
        const { world } = server
        const { ids, jobs, video } = yield* aChain(server, ["Errored", "ParentErrored"], { endedAt: Option.none() })
        for (const [n, job] of jobs.entries()) world.state.jobs.set(job.id, { ...job, awaited: awaited[n] ?? false })
        const ended = {
          ...videoOf(world, video),
          endedAt: Option.some(video.createdAt),
          state: "TranscodingFailed"
        } as const
        world.state.videos.set(video.id, ended)
        yield* server.admin.retry(ids[0] ?? aJobId())
        deepStrictEqual(videoOf(world, video).endedAt, Option.none())
      }
    })
  )

  it.effect("does not miss the end of its parent at the same moment", () =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const server = yield* aProcess(meanwhile)
      const { ids, statesNow } = yield* aChain(server, ["Pending", "Cancelled"])
      const [parent, child] = [ids[0] ?? aJobId(), ids[1] ?? aJobId()]
      meanwhile.before("VideoStore.save", server.admin.cancel(parent))
      const error = yield* asTimeGoesBy(Effect.flip(server.admin.retry(child)))
      assert.strictEqual(error._tag, "ParentNotCompleted")
      deepStrictEqual(statesNow(), ["Cancelled", "Cancelled"])
    })
  )
})

describe("a job that lost its parent", () => {
  it.effect("names the parent although that one is open or completed again", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      for (const parent of ["Pending", "Completed"] as const) {
        const { ids, statesNow } = yield* aChain(server, [parent, "ParentErrored"])
        const error = yield* Effect.flip(server.admin.retry(ids[1] ?? aJobId()))
        assert.strictEqual(error._tag, "ParentNotCompleted")
        assert.include(error.message, String(ids[0]))
        deepStrictEqual(statesNow(), [parent, "ParentErrored"])
      }
    })
  )

  it.effect("is refused when the parent is gone, or when parents wait for each other", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const orphan = aJob({ state: "ParentErrored", parentId: Option.some(aJobId()) })
      yield* insert(server.world, orphan)
      const [one, other] = [aJob({ state: "ParentErrored" }), aJob({ state: "ParentErrored" })]
      yield* insert(
        server.world,
        { ...one, parentId: Option.some(other.id) },
        { ...other, parentId: Option.some(one.id) }
      )
      for (const { id } of [orphan, one]) {
        const error = yield* Effect.flip(server.admin.retry(id))
        assert.strictEqual(error.message, "Only jobs that have failed or were cancelled can be tried again")
      }
    })
  )
})
