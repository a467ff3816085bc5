import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { eventually } from "@runner-connector/contracts"
import { Effect, Fiber, Option, TestClock } from "effect"
import { RegistrationTokenId, RunnerId } from "../../src/domain/Ids.ts"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import { acceptNext, aHeldJob, jobOf, type Registered, register, succeed, takeIn, videoOf } from "../support/actions.ts"
import { losingAnswer, makeWatch, outcome, withLog } from "../support/calls.ts"
import { makeGate } from "../support/gate.ts"
import { aRunningLive } from "../support/live.ts"
import { makeMeanwhile } from "../support/meanwhile.ts"
import { aProcess, type Process } from "../support/Process.ts"
import { turn } from "../support/time.ts"

const idOf = (server: Process, { token }: Registered) => Effect.map(server.runners.authenticate(token), ({ id }) => id)

/** The ways in which a runner is removed. */
const removals: Readonly<Record<string, (server: Process, runner: Registered) => Effect.Effect<unknown, unknown>>> = {
  "is deleted": (server, runner) => Effect.flatMap(idOf(server, runner), server.runners.remove),
  "is deleted with its registration token": (server, runner) =>
    Effect.flatMap(server.runners.authenticate(runner.token), ({ registrationTokenId }) =>
      server.runners.removeRegistrationToken(registrationTokenId)
    ),
  "unregisters itself": (server, runner) => server.runners.unregister(runner.token)
}

describe("a runner that is removed", () => {
  for (const [how, remove] of Object.entries(removals)) {
    it.effect(`and ${how} loses its jobs at once, without a failure`, () =>
      Effect.gen(function* () {
        const server = yield* aProcess()
        const [leaving, other] = [yield* register(server, "leaving"), yield* register(server, "other")]
        yield* takeIn(server)
        const lost = [yield* acceptNext(server, leaving), yield* acceptNext(server, leaving)]
        const pings = server.world.pings
        const id = yield* idOf(server, leaving)
        yield* remove(server, leaving)
        for (const { job } of lost) {
          const now = jobOf(server.world, job.id)
          deepStrictEqual([now.state, now.failures, now.stalls], ["Pending", 0, 0])
          const end = Option.flatMap(Option.fromNullable(now.attempts.at(-1)), (attempt) => attempt.end)
          deepStrictEqual(
            Option.flatMap(end, ({ message }) => message),
            Option.some("The runner was removed")
          )
        }
        assert.isAbove(server.world.pings, pings, "other runners are called")
        deepStrictEqual(server.world.disconnected, [{ id, ping: how !== "unregisters itself" }])
        const again = yield* acceptNext(server, other)
        assert.strictEqual(again.job.id, lost[0]?.job.id)
      })
    )
  }

  it.effect("leaves the result alone that is being stored", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("FileStorage.adopt")
      const server = yield* aProcess(gate)
      const { held, runner } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
      const handedIn = yield* Effect.fork(succeed(server, held))
      yield* eventually(Effect.sync(gate.waiting), (waiting) => waiting > 0)
      yield* server.runners.remove(yield* idOf(server, runner))
      assert.strictEqual(jobOf(server.world, held.job.id).state, "Completing")
      yield* gate.open
      yield* Effect.ignore(handedIn)
    })
  )

  it.effect("ends the live that it was transcoding", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { held, video } = yield* aRunningLive(server)
      yield* server.runners.remove(Option.getOrThrow(held.job.runnerId))
      assert.strictEqual(jobOf(server.world, held.job.id).state, "Errored")
      assert.isTrue(Option.isSome(videoOf(server.world, video).endedAt))
      assert.include(
        server.world.told.map(({ hook }) => hook),
        "liveEnded"
      )
    })
  )
})

const isRemoval = (call: string) => call === "RunnerStore.remove" || call === "RunnerStore.registrationTokens.remove"

describe("the removal of a runner", () => {
  for (const [how, remove] of Object.entries(removals)) {
    it.effect(`that ${how} follows although the answer was lost, and upkeep releases the jobs`, () =>
      Effect.gen(function* () {
        const server = yield* aProcess({
          around: (call, effect) => (isRemoval(call) ? losingAnswer(call, effect) : effect)
        })
        const { job, runner } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
        const id = yield* idOf(server, runner)
        yield* remove(server, runner)
        deepStrictEqual(server.world.disconnected, [{ id, ping: how !== "unregisters itself" }])
        yield* TestClock.adjust("3 minutes")
        yield* server.upkeep
        assert.strictEqual(jobOf(server.world, job.id).state, "Pending")
      })
    )
  }

  it.effect("with its registration token changes nothing when the database did not do it", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const runner = yield* register(server)
      const { registrationTokenId } = yield* server.runners.authenticate(runner.token)
      watch.breakDown(isRemoval)
      const removal = server.runners.removeRegistrationToken(registrationTokenId)
      assert.strictEqual(yield* outcome(removal), "PersistenceError")
      deepStrictEqual(server.world.disconnected, [])
      yield* idOf(server, runner)
    })
  )

  it.effect("changes nothing when the database did not do it", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const runner = yield* register(server)
      const id = yield* idOf(server, runner)
      watch.breakDown((call) => call === "RunnerStore.remove")
      assert.strictEqual(yield* outcome(server.runners.remove(id)), "PersistenceError")
      deepStrictEqual(server.world.disconnected, [])
      assert.strictEqual(yield* idOf(server, runner), id)
    })
  )

  it.effect("says so when there is no such runner, and disconnects none", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      assert.isFalse(yield* server.runners.remove(RunnerId.make(999)))
      assert.isFalse(yield* server.runners.removeRegistrationToken(RegistrationTokenId.make(999)))
      deepStrictEqual(server.world.disconnected, [])
    })
  )

  it.effect("releases the jobs although the caller of the removal of its token is interrupted", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("RunnerStore.registrationTokens.remove")
      const server = yield* aProcess(gate)
      const { job, runner } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
      const { registrationTokenId } = yield* server.runners.authenticate(runner.token)
      const removing = yield* Effect.fork(server.runners.removeRegistrationToken(registrationTokenId))
      yield* eventually(Effect.sync(gate.waiting), (waiting) => waiting > 0)
      const interrupted = yield* Effect.fork(Fiber.interrupt(removing))
      yield* turn
      yield* gate.open
      yield* Fiber.join(interrupted)
      assert.strictEqual(jobOf(server.world, job.id).state, "Pending")
    })
  )
})

describe("a job whose runner was removed", () => {
  const others: ReadonlyArray<readonly [what: string, change: Partial<RunnerJob>]> = [
    ["its result arrives", { state: "Completing" }],
    ["another runner gets it", { runnerId: Option.some(RunnerId.make(999)) }],
    ["it ends", { state: "Cancelled" }]
  ]
  it.effect.each(others)("is left alone without a warning when at that moment %s", ([, change]) =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const server = yield* aProcess(meanwhile)
      const { job, runner } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
      const id = yield* idOf(server, runner)
      const { jobs } = server.world.state
      meanwhile.before(
        "JobStore.family",
        Effect.sync(() => jobs.set(job.id, { ...jobOf(server.world, job.id), ...change }))
      )
      const [, log] = yield* withLog(server.runners.remove(id))
      assert.isTrue(meanwhile.hasHappened())
      assert.strictEqual(jobOf(server.world, job.id).state, change.state ?? "Processing")
      assert.notInclude(log, "could not be released")
    })
  )

  it.effect("is left to upkeep when the database is away at that moment", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const { job, runner } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
      const id = yield* idOf(server, runner)
      watch.breakDown((call) => call === "JobStore.family")
      const [isRemoved, log] = yield* withLog(server.runners.remove(id))
      assert.isTrue(isRemoved)
      assert.include(log, "A job of a removed runner could not be released now; upkeep will try again")
      watch.breakDown(() => false)
      assert.strictEqual(jobOf(server.world, job.id).state, "Processing")
      yield* TestClock.adjust("3 minutes")
      yield* server.upkeep
      assert.strictEqual(jobOf(server.world, job.id).state, "Pending")
    })
  )
})
