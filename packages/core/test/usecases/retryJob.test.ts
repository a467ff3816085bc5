import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aJobId } from "@runner-connector/contracts"
import { Effect, Option } from "effect"
import { failNext, jobOf, register, retry, takeIn, videoOf } from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { aChain, insert } from "../support/chain.ts"
import { aProcess } from "../support/Process.ts"
import { goOn, workOnce } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"
import type { World } from "../support/World.ts"

const once = { resolutions: [360], maxFailures: 1 } as const

const hooks = ({ told }: World) => told.map(({ hook, state }) => `${hook} ${state}`)

describe("JobAdmin.retry", () => {
  it.effect("takes a failed job up again as if new, with its history, and its video with it", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const runner = yield* register(server)
      const video = yield* takeIn(server, { settings: once })
      const failed = yield* failNext(server, runner)
      assert.strictEqual(videoOf(world, video).state, "TranscodingFailed")
      const pings = world.pings
      yield* retry(server, failed.id)
      const job = jobOf(world, failed.id)
      deepStrictEqual(
        [job.state, job.failures, job.error, job.finishedAt],
        ["Pending", 0, Option.none(), Option.none()]
      )
      assert.lengthOf(job.attempts, 1)
      deepStrictEqual([videoOf(world, video).state, videoOf(world, video).endedAt], ["ToTranscode", Option.none()])
      assert.strictEqual(world.pings, pings + 1)

      yield* asTimeGoesBy(workOnce(server, runner))
      deepStrictEqual(hooks(world), [
        "transcodingEnded TranscodingFailed",
        "renditionReady Published",
        "videoPlayable Published",
        "transcodingEnded Published"
      ])
      assert.lengthOf(jobOf(world, failed.id).attempts, 2)
      yield* goOn(server, runner)
    })
  )

  it.effect("leaves a published video published, and tells of its end once more", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const runner = yield* register(server)
      const video = yield* takeIn(server, { settings: { resolutions: [360, 480], maxFailures: 1 } })
      yield* asTimeGoesBy(workOnce(server, runner))
      const failed = yield* failNext(server, runner)
      assert.isTrue(Option.isSome(videoOf(world, video).endedAt))
      yield* retry(server, failed.id)
      deepStrictEqual([videoOf(world, video).state, videoOf(world, video).endedAt], ["Published", Option.none()])
      yield* server.admin.cancel(failed.id)
      yield* retry(server, failed.id)
      yield* goOn(server, runner)
      deepStrictEqual(
        world.told.filter(({ hook }) => hook === "transcodingEnded").map(({ state }) => state),
        ["Published", "Published", "Published"]
      )
    })
  )

  it.effect("takes with it what ended because the job did, however deep, and nothing else", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { ids, statesNow } = yield* aChain(server, ["Errored", "ParentErrored", "ParentErrored"])
      yield* server.admin.retry(ids[0] ?? aJobId())
      deepStrictEqual(statesNow(), ["Pending", "WaitingForParent", "WaitingForParent"])
      const other = yield* aChain(server, ["Cancelled", "Cancelled", "ParentCancelled"])
      yield* server.admin.retry(other.ids[0] ?? aJobId())
      deepStrictEqual(other.statesNow(), ["Pending", "Cancelled", "ParentCancelled"])
    })
  )

  it.effect("lets a job wait for its parent unless that one is completed", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      for (const [parent, expected] of [
        ["Completed", "Pending"],
        ["Pending", "WaitingForParent"],
        ["Completing", "WaitingForParent"],
        ["WaitingForParent", "WaitingForParent"]
      ] as const) {
        const { ids, statesNow } = yield* aChain(server, [parent, "Cancelled"])
        yield* server.admin.retry(ids[1] ?? aJobId())
        deepStrictEqual(statesNow(), [parent, expected])
      }
    })
  )

  it.effect("names the job to try again when this one cannot go on by itself", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      for (const states of [
        ["Errored", "ParentErrored", "ParentErrored"],
        ["Cancelled", "ParentCancelled", "ParentCancelled"],
        ["Errored", "ParentErrored", "Cancelled"]
      ] as const) {
        const { ids, statesNow } = yield* aChain(server, states)
        const error = yield* Effect.flip(server.admin.retry(ids[2] ?? aJobId()))
        assert.strictEqual(error._tag, "ParentNotCompleted")
        assert.include(error.message, String(ids[0]))
        deepStrictEqual(statesNow(), [...states])
      }
    })
  )

  it.effect("is refused to jobs that are open, completed, unknown or of no type that is offered", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      for (const state of ["Pending", "Processing", "Completing", "Completed", "WaitingForParent"] as const) {
        const { ids } = yield* aChain(server, [state])
        assert.strictEqual(yield* outcome(server.admin.retry(ids[0] ?? aJobId())), "JobNotRetryable", state)
      }
      const job = aJob({ type: "video-studio-transcoding", state: "Errored" })
      yield* insert(server.world, job)
      const error = yield* Effect.flip(server.admin.retry(job.id))
      assert.strictEqual(error.message, "A job of the type video-studio-transcoding cannot be tried again")
      assert.strictEqual(yield* outcome(server.admin.retry(aJobId())), "UnknownJob")
    })
  )

  it.effect("needs the video of the job, and a file to make it from", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const reasons: Array<string> = []
      for (const over of [{ state: "ToEdit" }, { state: "LiveEnded" }, { sourceKey: Option.none() }] as const) {
        const { ids } = yield* aChain(server, ["Errored"], over)
        const error = yield* Effect.flip(server.admin.retry(ids[0] ?? aJobId()))
        reasons.push(error._tag === "VideoNotTranscodable" ? error.reason : error._tag)
      }
      deepStrictEqual(reasons, ["editing", "live", "noFile"])
      const { ids, video } = yield* aChain(server, ["Errored"])
      server.world.state.videos.delete(video.id)
      assert.strictEqual(yield* outcome(server.admin.retry(ids[0] ?? aJobId())), "UnknownVideo")
      const alone = aJob({ state: "Cancelled" })
      yield* insert(server.world, alone)
      yield* server.admin.retry(alone.id)
      assert.strictEqual(jobOf(server.world, alone.id).state, "Pending")
    })
  )

  it.effect("is refused when another job makes the same, and leaves out what follows it and is being made", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { ids, jobs, statesNow, video } = yield* aChain(server, ["Errored", "ParentErrored", "ParentErrored"])
      const asking = (resolution: number) => ({ output: { resolution, fps: 30, separatedAudio: false } })
      const [top, middle] = jobs
      assert.isDefined(top)
      assert.isDefined(middle)
      const { state } = server.world
      state.jobs.set(middle.id, { ...middle, payload: asking(480) })
      const other = aJob({ videoId: Option.some(video.id), payload: asking(480) })
      yield* insert(server.world, other)
      yield* server.admin.retry(top.id)
      deepStrictEqual(statesNow(), ["Pending", "ParentErrored", "ParentErrored"])
      state.jobs.set(top.id, { ...top, payload: asking(480) })
      assert.strictEqual(yield* outcome(server.admin.retry(top.id)), "JobSuperseded")
      yield* server.admin.cancel(other.id)
      yield* server.admin.retry(top.id)
      deepStrictEqual(statesNow(), ["Pending", "WaitingForParent", "WaitingForParent"])
      assert.lengthOf(ids, 3)
    })
  )

  it.effect("notes what there is to make the job from now", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const video = yield* takeIn(server, { settings: once })
      const failed = yield* failNext(server, runner)
      const soundKey = videoOf(server.world, video).sourceKey
      server.world.state.videos.set(video.id, { ...videoOf(server.world, video), soundKey })
      yield* retry(server, failed.id)
      assert.deepInclude(jobOf(server.world, failed.id).privatePayload, { separatedSound: true, canPublish: true })
    })
  )
})
