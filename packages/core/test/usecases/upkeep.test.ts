import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob } from "@runner-connector/contracts"
import { Context, Duration, Effect, Option, TestClock } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import { RunnerId } from "../../src/domain/Ids.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import { until } from "../../src/testing/eventually.ts"
import { acceptNext, aHeldJob, type Held, jobOf, register, succeed, takeIn, videoOf } from "../support/actions.ts"
import { makeGate } from "../support/gate.ts"
import { assertConsistent } from "../support/invariants.ts"
import { aProcess, type Process, startProcess } from "../support/Process.ts"
import { aResult } from "../support/results.ts"
import { asTimeGoesBy } from "../support/time.ts"

const oneRendition = { settings: { resolutions: [360] as const } }

const report = (server: Process, { claim }: Held) =>
  server.jobs.update({ ...claim, progress: Option.none(), payload: undefined })

describe("a runner that falls silent", () => {
  it.effect("loses its job after the limit and not before, without a failure", () =>
    Effect.gen(function* () {
      const server = yield* aProcess({ settings: { vodSilence: Duration.minutes(2) } })
      const { held } = yield* aHeldJob(server, oneRendition)
      yield* TestClock.adjust("90 seconds")
      yield* report(server, held)
      yield* TestClock.adjust("2 minutes")
      yield* server.upkeep
      assert.strictEqual(jobOf(server.world, held.job.id).state, "Processing")
      yield* TestClock.adjust("1 millis")
      const pings = server.world.pings
      yield* server.upkeep
      const job = jobOf(server.world, held.job.id)
      deepStrictEqual([job.state, job.failures, job.stalls], ["Pending", 0, 1])
      assert.isAbove(server.world.pings, pings)
    })
  )

  it.effect.each([
    ["the look at the list and the decision", "JobStore.family"],
    ["the decision and the write", "JobStore.commit"]
  ] as const)("keeps its job when it speaks between %s", ([, call]) =>
    Effect.gen(function* () {
      const gate = yield* makeGate(call)
      const server = yield* aProcess()
      const watcher = yield* startProcess(server.world, gate)
      const { held } = yield* aHeldJob(server, oneRendition)
      yield* TestClock.adjust("3 minutes")
      const round = yield* Effect.fork(watcher.upkeep)
      yield* until("the watcher waits", () => gate.waiting() === 1)
      yield* report(server, held)
      yield* gate.open
      yield* asTimeGoesBy(round.await)
      const job = jobOf(server.world, held.job.id)
      deepStrictEqual([job.state, job.stalls], ["Processing", 0])
    })
  )

  it.effect("loses it once, however many servers notice", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const others = yield* Effect.all([startProcess(server.world), startProcess(server.world)])
      const { job } = yield* aHeldJob(server, oneRendition)
      yield* TestClock.adjust("3 minutes")
      yield* asTimeGoesBy(Effect.all([server.upkeep, ...others.map(({ upkeep }) => upkeep)], { concurrency: 3 }))
      assert.strictEqual(jobOf(server.world, job.id).stalls, 1)
    })
  )

  it.effect("counts as a failure from the third time on, so that no job goes round for ever", () =>
    Effect.gen(function* () {
      const server = yield* aProcess({ settings: { maxStalls: 3 } })
      const runner = yield* register(server)
      const video = yield* takeIn(server, oneRendition)
      const counts: Array<readonly [number, number, string]> = []
      for (let stalls = 1; stalls <= 7; stalls++) {
        const { job } = yield* acceptNext(server, runner)
        yield* TestClock.adjust("3 minutes")
        yield* server.upkeep
        const after = jobOf(server.world, job.id)
        counts.push([after.stalls, after.failures, after.state])
      }
      deepStrictEqual(counts, [
        [1, 0, "Pending"],
        [2, 0, "Pending"],
        [3, 1, "Pending"],
        [4, 2, "Pending"],
        [5, 3, "Pending"],
        [6, 4, "Pending"],
        [7, 5, "Errored"]
      ])
      assert.strictEqual(videoOf(server.world, video).state, "TranscodingFailed")
      deepStrictEqual(
        server.world.told.map(({ hook }) => hook),
        ["transcodingEnded"]
      )
    })
  )

  it.effect("with a job of a type that is not offered any more ends that job", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const job = aJob({ type: "gone", state: "Processing", runnerId: Option.some(RunnerId.make(1)) })
      yield* Context.get(server.world.ports, JobStore).insert([job])
      yield* TestClock.setTime(new Date("2030-01-01").getTime())
      yield* server.upkeep
      assert.strictEqual(jobOf(server.world, job.id).state, "Errored")
    })
  )
})

describe("a result that nobody stores any more", () => {
  it.effect("is given up after the limit and not before, and does not count as a failure", () =>
    Effect.gen(function* () {
      const server = yield* aProcess({ settings: { resumeWindow: Duration.minutes(5) } })
      const { job, video } = yield* aHeldJob(server, oneRendition)
      const attemptId = crypto.randomUUID()
      server.world.state.jobs.set(job.id, { ...job, state: "Completing", attemptId: Option.some(attemptId) })
      yield* TestClock.adjust("5 minutes")
      yield* server.upkeep
      assert.strictEqual(jobOf(server.world, job.id).state, "Completing")
      yield* TestClock.adjust("1 millis")
      yield* server.upkeep
      const after = jobOf(server.world, job.id)
      deepStrictEqual([after.state, after.failures, after.interruptions], ["Pending", 0, 1])
      deepStrictEqual(after.attemptId, Option.none())
      const names = videoOf(server.world, video).pendingDeletion.map(({ key }) => key)
      assert.sameMembers(names, [
        FileKey.make(`videos/cat/${attemptId}-360-fragmented.mp4`),
        FileKey.make(`videos/cat/${attemptId}-360.m3u8`),
        FileKey.make(`videos/cat/${attemptId}-master.m3u8`)
      ])
    })
  )

  /** A server is held up just before it publishes, and a watcher while it takes that result for abandoned. */
  const heldUp = (watcherIsHeldAt: string) =>
    Effect.gen(function* () {
      let isArmed = false
      const watching = yield* makeGate(watcherIsHeldAt, { isClosed: () => isArmed })
      const storing = yield* makeGate("VideoStore.save")
      const server = yield* aProcess(storing)
      const { world } = server
      const watcher = yield* startProcess(world, watching)
      const { held } = yield* aHeldJob(server, oneRendition)
      const result = aResult(world, 360)
      yield* Effect.fork(succeed(server, held, result))
      yield* until("the result is being stored", () => storing.waiting() === 1)
      const { id, updatedAt } = jobOf(world, held.job.id)
      yield* TestClock.adjust("10 minutes")
      world.state.jobs.set(id, { ...jobOf(world, id), updatedAt })
      isArmed = true
      const round = yield* Effect.fork(watcher.upkeep)
      yield* until("the watcher is held", () => watching.waiting() === 1)
      const stored = asTimeGoesBy(until("the uploads are let go", () => result.released() === 1))
      return { world, id, round, watching, store: Effect.zipRight(storing.open, stored) }
    })

  it.effect("is left alone when the server that stores it speaks before the watcher decides", () =>
    Effect.gen(function* () {
      const { id, round, store, watching, world } = yield* heldUp("JobStore.family")
      yield* TestClock.adjust("15 seconds")
      yield* watching.open
      yield* asTimeGoesBy(round.await)
      assert.strictEqual(jobOf(world, id).state, "Completing")
      yield* store
      assert.strictEqual(jobOf(world, id).state, "Completed")
      yield* assertConsistent(world)
    })
  )

  it.effect("is left alone, with all its files, when it is published before the watcher writes", () =>
    Effect.gen(function* () {
      const { id, round, store, watching, world } = yield* heldUp("VideoStore.save")
      yield* store
      yield* watching.open
      yield* asTimeGoesBy(round.await)
      assert.strictEqual(jobOf(world, id).state, "Completed")
      yield* assertConsistent(world)
    })
  )
})
