import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJobId, aVideo, aVideoId } from "@runner-connector/contracts"
import { Effect, Option } from "effect"
import { isTerminal } from "../../src/domain/job/RunnerJob.ts"
import type { Video } from "../../src/domain/video/Video.ts"
import { failNext, jobOf, jobsOf, register, resolutionOf, takeIn, videoOf } from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { insert } from "../support/chain.ts"
import { makeGate } from "../support/gate.ts"
import { interleave } from "../support/interleave.ts"
import { aProcess, type Process, startProcess } from "../support/Process.ts"
import { goOn, workOnce } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"
import type { World } from "../support/World.ts"

const ladder = { settings: { resolutions: [360, 480], maxFailures: 1 } } as const

const ensure = (server: Process, video: Pick<Video, "id">) => {
  server.world.reopened += 1
  return server.transcoding.ensureRenditions(video.id)
}

/** 360 lines are there, 480 have failed. */
const halfMade = (server: Process) =>
  Effect.gen(function* () {
    const runner = yield* register(server)
    const video = yield* takeIn(server, ladder)
    yield* asTimeGoesBy(workOnce(server, runner))
    yield* failNext(server, runner)
    return { runner, video }
  })

const openIn = (world: World) =>
  jobsOf(world)
    .filter((job) => !isTerminal(job))
    .map(resolutionOf)

const resolutionsOf = (world: World, video: Video) => videoOf(world, video).files.map(({ resolution }) => resolution)

describe("Transcoding.ensureRenditions", () => {
  it.effect("makes only missing renditions, and opens the video again", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const { runner, video } = yield* halfMade(server)
      const pings = world.pings
      const made = yield* ensure(server, video)
      deepStrictEqual(made.map(resolutionOf), [480])
      deepStrictEqual(openIn(world), [480])
      deepStrictEqual([videoOf(world, video).state, videoOf(world, video).endedAt], ["Published", Option.none()])
      assert.strictEqual(world.pings, pings + 1)
      yield* goOn(server, runner)
      deepStrictEqual(resolutionsOf(world, video), [360, 480])
      const ends = world.told.filter(({ hook }) => hook === "transcodingEnded")
      assert.lengthOf(ends, 2)
      deepStrictEqual(yield* ensure(server, video), [])
    })
  )

  it.effect("makes all of a video of which nothing came to be, and has it published then", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const video = yield* takeIn(server, ladder)
      yield* failNext(server, runner)
      yield* failNext(server, runner)
      assert.strictEqual(videoOf(server.world, video).state, "TranscodingFailed")
      assert.lengthOf(yield* ensure(server, video), 2)
      assert.strictEqual(videoOf(server.world, video).state, "ToTranscode")
      yield* goOn(server, runner)
      assert.strictEqual(videoOf(server.world, video).state, "Published")
    })
  )

  it.effect("changes nothing while nothing is missing, or all of it is being made", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const video = yield* takeIn(server, ladder)
      const { revision } = videoOf(server.world, video)
      const pings = server.world.pings
      deepStrictEqual(yield* ensure(server, video), [])
      deepStrictEqual([videoOf(server.world, video).revision, server.world.pings], [revision, pings])
    })
  )

  it.effect("works from what there is when the source is gone, and says when it is in two files", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const { video } = yield* halfMade(server)
      const [file] = videoOf(world, video).files
      assert.isDefined(file)
      const plan = { ...video.plan, splitAudio: true }
      const files = [
        { ...file, resolution: 0, hasVideo: false },
        { ...file, hasAudio: false }
      ]
      world.state.videos.set(video.id, { ...videoOf(world, video), files, plan, sourceKey: Option.none() })
      const [job] = yield* ensure(server, video)
      assert.isDefined(job)
      deepStrictEqual([resolutionOf(job), job.parentId], [480, Option.none()])
      assert.deepInclude(job.privatePayload, { separatedSound: true, deletesInput: false })
    })
  )

  it.effect("is refused to a live, to a video that is being edited, to one of which no file is left, and to none", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const session = {
        id: aVideoId(),
        asked: [],
        replay: true,
        recorded: true,
        state: "running",
        error: Option.none()
      } as const
      const reasons: Array<string> = []
      for (const over of [
        { state: "WaitingForLive" },
        { state: "LiveEnded" },
        { state: "Published", live: Option.some(session) },
        { state: "ToEdit" },
        { sourceKey: Option.none() }
      ] as const) {
        const video = aVideo({ id: aVideoId(), ...over })
        server.world.state.videos.set(video.id, video)
        const error = yield* Effect.flip(ensure(server, video))
        reasons.push(error._tag === "VideoNotTranscodable" ? error.reason : error._tag)
        assert.isAbove(error.message.length, 10)
      }
      deepStrictEqual(reasons, ["live", "live", "live", "editing", "noFile"])
      const replay = aVideo({ id: aVideoId(), live: Option.some({ ...session, state: "ended" }) })
      server.world.state.videos.set(replay.id, replay)
      assert.strictEqual(yield* outcome(ensure(server, replay)), "ok")
      assert.strictEqual(yield* outcome(ensure(server, { id: aVideoId() })), "UnknownVideo")
      assert.lengthOf(jobsOf(server.world), 3)
    })
  )

  it.effect("lets what needs a picture wait for the merge that is being made", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const source = { ...aVideo().source, hasVideo: false, width: 0, height: 0, fps: 0 }
      const settings = { ...aVideo().plan.settings, resolutions: [360] as const }
      const plan = { ...aVideo().plan, audioMerge: true, settings }
      const video = aVideo({ id: aVideoId(), source, plan })
      server.world.state.videos.set(video.id, video)
      const [merge, ...rest] = yield* ensure(server, video)
      assert.isDefined(merge)
      deepStrictEqual([merge.type, merge.state], ["vod-audio-merge-transcoding", "Pending"])
      assert.isAtLeast(rest.length, 1)
      for (const job of rest) {
        deepStrictEqual([job.state, job.parentId], ["WaitingForParent", Option.some(merge.id)])
        yield* server.admin.cancel(job.id)
      }
      const second = { ...merge, id: aJobId() }
      yield* insert(server.world, second)
      const again = yield* ensure(server, video)
      assert.strictEqual(jobOf(server.world, second.id).revision, second.revision, "only the awaited merge is written")
      deepStrictEqual(again.map(resolutionOf), rest.map(resolutionOf))
      for (const job of again) deepStrictEqual(job.parentId, Option.some(merge.id))
    })
  )
})

describe("missing files", () => {
  it.effect("is made once when two servers see to it at once", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("VideoStore.save", { opensAt: 2 })
      const quiet = yield* aProcess()
      const { video } = yield* halfMade(quiet)
      const servers = yield* Effect.all([startProcess(quiet.world, gate), startProcess(quiet.world, gate)])
      const made = yield* asTimeGoesBy(
        Effect.forEach(servers, (server) => ensure(server, video), { concurrency: "unbounded" })
      )
      deepStrictEqual(made.map(({ length }) => length).toSorted(), [0, 1])
      deepStrictEqual(openIn(quiet.world), [480])
    })
  )

  it.effect("at each point while a job is tried again, and ends: no rendition is made twice or forgotten", () =>
    Effect.gen(function* () {
      const count = yield* interleave({
        given: halfMade,
        when: (server, { video }) => ensure(server, video),
        meanwhile: ({ given, other }) =>
          Effect.gen(function* () {
            const failed = jobsOf(other.world).find(({ state }) => state === "Errored")
            if (failed === undefined) return
            other.world.reopened += 1
            yield* other.admin.retry(failed.id)
            yield* workOnce(other, given.runner)
          }),
        afterwards: (other, { runner, video }) =>
          Effect.gen(function* () {
            yield* goOn(other, runner)
            deepStrictEqual(resolutionsOf(other.world, video), [360, 480])
          })
      })
      assert.isAbove(count, 3)
    })
  )
})
