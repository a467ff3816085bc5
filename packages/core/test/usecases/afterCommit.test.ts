import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option, TestClock } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import { PersistenceError } from "../../src/ports/PersistenceError.ts"
import * as AfterCommit from "../../src/usecases/engine/AfterCommit.ts"
import { acceptNext, jobOf, jobsOf, register, succeed, takeIn, videoOf } from "../support/actions.ts"
import { losingAnswer, makeWatch, outcome, withLog } from "../support/calls.ts"
import { makeMeanwhile } from "../support/meanwhile.ts"
import { type Around, aProcess, startProcess } from "../support/Process.ts"
import { workOnce } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"

const lost = new PersistenceError({ operation: "write", cause: new Error("connection lost") })

describe("effects after a commit", () => {
  const run = (reads: ReadonlyArray<"written" | "absent" | "away">) =>
    Effect.gen(function* () {
      const { run } = yield* AfterCommit.AfterCommit
      const seen: Array<string> = []
      const note = (what: string) => Effect.sync(() => void seen.push(what))
      let read = 0
      const outcome = yield* run({
        write: Effect.fail(lost),
        written: Effect.suspend(() => {
          const answer = reads[Math.min(read++, reads.length - 1)]
          return answer === "away" ? lost : Effect.succeed(answer === "written" ? Option.some("it") : Option.none())
        }),
        effects: () => note("effects"),
        lateEffects: () => note("late effects"),
        otherwise: note("otherwise")
      }).pipe(Effect.either)
      yield* TestClock.adjust("10 minutes")
      return [outcome._tag, seen] as const
    }).pipe(Effect.provide(AfterCommit.layer))

  it.effect("follow a write whose answer was lost, and the caller gets no error", () =>
    Effect.map(run(["written"]), (seen) => deepStrictEqual(seen, ["Right", ["effects"]]))
  )
  it.effect("do not follow a write that took no effect", () =>
    Effect.map(run(["absent"]), (seen) => deepStrictEqual(seen, ["Left", ["otherwise"]]))
  )
  it.effect("follow once the database is back, although the caller has got an error", () =>
    Effect.map(run(["away", "away", "written"]), (seen) => deepStrictEqual(seen, ["Left", ["late effects"]]))
  )
  it.effect("do not follow when the database is back without the write", () =>
    Effect.map(run(["away", "absent"]), (seen) => deepStrictEqual(seen, ["Left", ["otherwise"]]))
  )
})

/** The next call of this name takes effect, and its answer and the reads after it are lost until `restore`. */
const losing = (name: string) => {
  let isArmed = false
  let isAway = false
  const around: Around = (call, effect) =>
    Effect.suspend(() => {
      if (isAway && call.includes("Store.")) return losingAnswer(call, Effect.void) as never
      if (!isArmed || call !== name) return effect
      isArmed = false
      isAway = true
      return losingAnswer(call, effect)
    })
  return {
    around,
    arm: () => {
      isArmed = true
    },
    restore: () => {
      isAway = false
    }
  }
}

describe("a write that took no effect", () => {
  const held = Effect.gen(function* () {
    const watch = makeWatch()
    const server = yield* aProcess(watch)
    const runner = yield* register(server)
    const video = yield* takeIn(server, { settings: { resolutions: [360], maxFailures: 1 } })
    return { ...(yield* acceptNext(server, runner)), server, video, watch, world: server.world }
  })

  it.effect("of a job fails the call, and nothing follows", () =>
    Effect.gen(function* () {
      const { claim, job, server, watch, world } = yield* held
      const { pings } = world
      watch.breakDown((call) => call === "JobStore.commit")
      const aborted = server.jobs.abort({ ...claim, reason: "stopped" })
      assert.strictEqual(yield* outcome(aborted), "PersistenceError")
      deepStrictEqual([jobOf(world, job.id).state, world.pings], ["Processing", pings])
      watch.breakDown(() => false)
      yield* aborted
      assert.strictEqual(world.pings, pings + 1)
    })
  )

  it.effect("of a video is made up for by upkeep", () =>
    Effect.gen(function* () {
      const { claim, server, video, watch, world } = yield* held
      watch.breakDown((call) => call === "VideoStore.save")
      const [, log] = yield* withLog(server.jobs.error({ ...claim, message: "no" }))
      assert.include(log, "A video could not be finalized now; upkeep will try again")
      deepStrictEqual(videoOf(world, video).endedAt, Option.none())
      watch.breakDown(() => false)
      yield* server.upkeep
      assert.isTrue(Option.isSome(videoOf(world, video).endedAt))
    })
  )
})

describe("a COMMIT whose answer is lost while the database goes away", () => {
  it.effect("calls `transcodingEnded` once", () =>
    Effect.gen(function* () {
      const database = losing("VideoStore.save")
      const server = yield* aProcess(database)
      const runner = yield* register(server)
      const video = yield* takeIn(server, { settings: { resolutions: [360] } })
      // The first save publishes the rendition, the second one ends the video.
      const held = yield* acceptNext(server, runner)
      let saves = 0
      const counted: Around = (call, effect) =>
        Effect.suspend(() => {
          if (call === "VideoStore.save" && ++saves === 2) database.arm()
          return database.around(call, effect)
        })
      const publisher = yield* startProcess(server.world, { around: counted })
      yield* asTimeGoesBy(succeed(publisher, held))
      assert.isTrue(Option.isSome(videoOf(server.world, video).endedAt))
      const ends = () => server.world.told.filter(({ hook }) => hook === "transcodingEnded").length
      assert.strictEqual(ends(), 1, "the event is in the commit")
      database.restore()
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(ends(), 1)
    })
  )

  it.effect("gives back a job whose runner never got the token", () =>
    Effect.gen(function* () {
      const database = losing("JobStore.commit")
      const server = yield* aProcess(database)
      const runner = yield* register(server)
      yield* takeIn(server, { settings: { resolutions: [360] } })
      database.arm()
      assert.isFalse(yield* workOnce(server, runner))
      const [job] = jobsOf(server.world)
      assert.isDefined(job)
      assert.strictEqual(job.state, "Processing")
      database.restore()
      yield* TestClock.adjust("1 minute")
      const after = jobOf(server.world, job.id)
      deepStrictEqual([after.state, after.failures, after.stalls], ["Pending", 0, 0])
    })
  )

  const changes: ReadonlyArray<readonly [what: string, change: Partial<RunnerJob>]> = [
    ["its result arrives", { state: "Completing" }],
    ["another attempt begins", { attemptId: Option.some(crypto.randomUUID()) }]
  ]
  it.effect.each(changes)("does not give back a job when meanwhile %s", ([, change]) =>
    Effect.gen(function* () {
      const database = losing("JobStore.commit")
      const meanwhile = makeMeanwhile()
      const around: Around = (call, effect) => meanwhile.around(call, database.around(call, effect))
      const server = yield* aProcess({ around })
      const runner = yield* register(server)
      yield* takeIn(server, { settings: { resolutions: [360] } })
      database.arm()
      assert.isFalse(yield* workOnce(server, runner))
      const [job] = jobsOf(server.world)
      assert.isDefined(job)
      const later = { ...job, ...change }
      // The first read finds that the write took effect.
      const goOn = Effect.sync(() => server.world.state.jobs.set(job.id, later))
      meanwhile.before("JobStore.family", goOn, 2)
      database.restore()
      const [, log] = yield* withLog(TestClock.adjust("1 minute"))
      assert.isTrue(meanwhile.hasHappened())
      deepStrictEqual(jobOf(server.world, job.id), later)
      assert.notInclude(log, "What follows a commit was not done")
    })
  )

  it.effect("removes a registration token that its administrator never got", () =>
    Effect.gen(function* () {
      const database = losing("RunnerStore.registrationTokens.add")
      const server = yield* aProcess(database)
      database.arm()
      yield* Effect.flip(server.runners.createRegistrationToken())
      database.restore()
      assert.strictEqual(server.world.state.registrationTokens.size, 1)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(server.world.state.registrationTokens.size, 0)
    })
  )

  it.effect("frees the name of a runner that never got its token", () =>
    Effect.gen(function* () {
      const database = losing("RunnerStore.insert")
      const server = yield* aProcess(database)
      const { registrationToken } = yield* server.runners.createRegistrationToken()
      const who = { name: "gpu-1", description: Option.none(), ip: Option.none(), version: Option.none() }
      database.arm()
      yield* Effect.flip(server.runners.register({ registrationToken, ...who }))
      database.restore()
      yield* TestClock.adjust("1 minute")
      yield* server.runners.register({ registrationToken, ...who })
    })
  )
})
