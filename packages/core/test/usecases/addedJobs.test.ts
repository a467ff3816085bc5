import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import type { Video } from "../../src/domain/video/Video.ts"
import { acceptNext, jobOf, jobsOf, register, succeed, takeIn } from "../support/actions.ts"
import { losingAnswer, makeWatch, outcome } from "../support/calls.ts"
import { aProcess, type Process, startProcess } from "../support/Process.ts"
import { goOn } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"

type Add = (server: Process, video: Video) => Effect.Effect<RunnerJob, { readonly _tag: string }>

/** The operations that add a job to a published video. */
const additions: ReadonlyArray<readonly [name: string, add: Add]> = [
  ["captions", (server, { id }) => server.transcription.transcribeVideo({ video: id })],
  ["a storyboard", (server, { id }) => server.storyboards.makeStoryboard(id)],
  ["an edit", (server, { id }) => server.editing.editVideo(id, [{ name: "cut", options: { start: 10, end: 40 } }])]
]

/** A published video of one rendition, and a runner. */
const aVideo = Effect.gen(function* () {
  const server = yield* aProcess()
  const runner = yield* register(server)
  const video = yield* takeIn(server, { settings: { resolutions: [360] } })
  yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
  return { world: server.world, server, runner, video }
})

describe.each(additions)("the job of %s", (_, add) => {
  it.effect("is stored before runners are pinged once", () =>
    Effect.gen(function* () {
      const { server, video, world } = yield* aVideo
      const before = world.pings
      const job = yield* add(server, video)
      deepStrictEqual([jobOf(world, job.id).state, jobOf(world, job.id).type], ["Pending", job.type])
      assert.strictEqual(world.pings, before + 1)
    })
  )

  it.effect("is added once, and announced, when the answer to the write is lost", () =>
    Effect.gen(function* () {
      const { runner, video, world } = yield* aVideo
      const before = { jobs: jobsOf(world).length, pings: world.pings }
      const server = yield* startProcess(world, {
        around: (call, effect) => (call === "VideoStore.save" ? losingAnswer(call, effect) : effect)
      })
      const job = yield* add(server, video)
      assert.strictEqual(jobOf(world, job.id).state, "Pending")
      assert.lengthOf(jobsOf(world), before.jobs + 1)
      assert.strictEqual(world.pings, before.pings + 1)
      yield* goOn(yield* startProcess(world), runner)
    })
  )

  it.effect("is not added, nor announced, when the write fails", () =>
    Effect.gen(function* () {
      const { video, world } = yield* aVideo
      const before = { jobs: jobsOf(world).length, pings: world.pings }
      const { around, breakDown } = makeWatch()
      const server = yield* startProcess(world, { around })
      breakDown((call) => call === "VideoStore.save")
      assert.strictEqual(yield* outcome(add(server, video)), "PersistenceError")
      assert.lengthOf(jobsOf(world), before.jobs)
      assert.strictEqual(world.pings, before.pings)
    })
  )
})
