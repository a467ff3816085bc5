import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { DateTime, Duration, Effect, Option, TestClock } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import { aHeldJob, type Held, jobOf, takeIn, videoOf } from "../support/actions.ts"
import { makeWatch, withLog } from "../support/calls.ts"
import { makeMeanwhile } from "../support/meanwhile.ts"
import { aProcess, type Process, startProcess } from "../support/Process.ts"

const settings = {
  vodSilence: Duration.minutes(2),
  progressSilence: Duration.minutes(30),
  completionSilence: Duration.minutes(1),
  resumeWindow: Duration.minutes(5)
}

/** A server that runs upkeep, and a job that a runner has accepted from another one. */
const watched = Effect.gen(function* () {
  const meanwhile = makeMeanwhile()
  const server = yield* aProcess({ settings })
  const watcher = yield* startProcess(server.world, { ...meanwhile, settings })
  const { held, runner } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
  return { held, meanwhile, runner, server, watcher }
})

type Watched = Effect.Effect.Success<typeof watched>

const change = ({ world }: Process, { job }: Held, over: Partial<RunnerJob>) =>
  Effect.sync(() => void world.state.jobs.set(job.id, { ...jobOf(world, job.id), ...over }))

const progress = (server: Process, { claim }: Held, percent: number) =>
  server.jobs.update({ ...claim, progress: Option.some(percent), payload: undefined })

/** Reports for forty minutes without progress. */
const standStill = ({ held, server }: Watched) =>
  Effect.gen(function* () {
    for (let minute = 0; minute < 40; minute++) {
      yield* progress(server, held, 10)
      yield* TestClock.adjust("1 minute")
    }
  })

const orphan = ({ held, server }: Watched) =>
  Effect.zipRight(change(server, held, { state: "Completing" }), TestClock.adjust("6 minutes"))

interface Race {
  readonly before: (watched: Watched) => Effect.Effect<unknown, unknown>
  readonly meanwhile: (watched: Watched) => Effect.Effect<unknown, unknown>
}

/** What happens between the list and the decision. */
const races: Readonly<Record<string, Race>> = {
  "of a silent runner is cancelled": {
    before: () => TestClock.adjust("3 minutes"),
    meanwhile: ({ held, server }) => server.admin.cancel(held.job.id)
  },
  "of a silent runner is removed": {
    before: () => TestClock.adjust("3 minutes"),
    meanwhile: ({ held, server }) => server.admin.remove(held.job.id)
  },
  "without progress gets on": {
    before: standStill,
    meanwhile: ({ held, server }) => progress(server, held, 11)
  },
  "without progress begins another attempt": {
    before: standStill,
    meanwhile: ({ held, server }) => change(server, held, { attemptId: Option.some(crypto.randomUUID()) })
  },
  "without progress gets its result": {
    before: standStill,
    meanwhile: ({ held, server }) => change(server, held, { state: "Completing" })
  },
  "without progress is removed": {
    before: standStill,
    meanwhile: ({ held, server }) => server.admin.remove(held.job.id)
  },
  "of a dead server is continued by another one, whose clock is behind": {
    before: orphan,
    meanwhile: ({ held, server }) => change(server, held, { interruptions: 1 })
  },
  "of a dead server shows a sign of life": {
    before: orphan,
    meanwhile: ({ held, server }) => Effect.flatMap(DateTime.now, (updatedAt) => change(server, held, { updatedAt }))
  },
  "of a dead server is completed": {
    before: orphan,
    meanwhile: ({ held, server }) => change(server, held, { state: "Completed" })
  }
}

describe("a job that upkeep is about to take away", () => {
  for (const [name, { before, meanwhile }] of Object.entries(races)) {
    it.effect(`and that ${name}, is left alone without a warning`, () =>
      Effect.gen(function* () {
        const scene = yield* watched
        const { held, server, watcher } = scene
        yield* Effect.orDie(before(scene))
        let after: RunnerJob | undefined
        scene.meanwhile.before(
          "JobStore.family",
          Effect.zipRight(
            meanwhile(scene),
            Effect.sync(() => {
              after = server.world.state.jobs.get(held.job.id)
            })
          )
        )
        const [, log] = yield* withLog(watcher.upkeep)
        assert.isTrue(scene.meanwhile.hasHappened())
        deepStrictEqual(server.world.state.jobs.get(held.job.id), after)
        assert.notInclude(log, "Upkeep failed")
      })
    )
  }
})

describe("a result that no server stores", () => {
  it.effect("is given up after the longer of the two limits", () =>
    Effect.gen(function* () {
      const server = yield* aProcess({
        settings: { completionSilence: Duration.minutes(9), resumeWindow: Duration.minutes(5) }
      })
      const { held } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
      yield* change(server, held, { state: "Completing" })
      yield* TestClock.adjust("8 minutes")
      yield* server.upkeep
      assert.strictEqual(jobOf(server.world, held.job.id).state, "Completing")
      yield* TestClock.adjust("2 minutes")
      yield* server.upkeep
      assert.strictEqual(jobOf(server.world, held.job.id).state, "Pending")
    })
  )
})

describe("a video whose last job upkeep ends", () => {
  it.effect("ends with it, even when the list of unfinished videos cannot be read", () =>
    Effect.gen(function* () {
      for (const vodSilence of [Duration.minutes(2), Duration.days(1)]) {
        const watch = makeWatch()
        const own = { vodSilence, progressSilence: Duration.days(1), vodRunTime: Duration.hours(1), maxStalls: 1 }
        const server = yield* aProcess({ ...watch, settings: own })
        const { job, video } = yield* aHeldJob(server, { settings: { resolutions: [360], maxFailures: 1 } })
        yield* TestClock.adjust("61 minutes")
        watch.breakDown((call) => call === "VideoStore.listUnfinalized")
        yield* server.upkeep
        assert.strictEqual(jobOf(server.world, job.id).state, "Errored")
        assert.isTrue(Option.isSome(videoOf(server.world, video).endedAt))
      }
    })
  )
})

describe("the patience with a job without progress", () => {
  it.effect("is the limit alone when nobody knows how long the video is", () =>
    Effect.gen(function* () {
      const scene = yield* watched
      const { held, server } = scene
      const { world } = server
      for (const [id, video] of world.state.videos) {
        world.state.videos.set(id, { ...video, source: { ...video.source, duration: Option.none() } })
      }
      yield* progress(server, held, 10)
      yield* TestClock.adjust("29 minutes")
      yield* progress(server, held, 10)
      yield* TestClock.adjust("61 seconds")
      yield* server.upkeep
      const { attempts, state } = jobOf(world, held.job.id)
      assert.strictEqual(state, "Pending")
      assert.include(JSON.stringify(attempts), "The progress did not change for more than 30m")
    })
  )
})

describe("the reminders of runners", () => {
  it.effect("say how long the jobs have waited, at least a millisecond", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      yield* takeIn(server, { settings: { resolutions: [360] } })
      const waitedNow = (remind: Effect.Effect<void>) =>
        Effect.map(remind, () => world.demands.splice(0).map(({ onlyIdle, waited }) => [waited, onlyIdle]))
      world.demands.splice(0)
      deepStrictEqual(yield* waitedNow(server.upkeep), [[1, false]])
      yield* TestClock.adjust("90 seconds")
      deepStrictEqual(yield* waitedNow(server.upkeep), [[90_000, false]])
      deepStrictEqual(yield* waitedNow(server.remind), [[90_000, true]])
    })
  )
})
