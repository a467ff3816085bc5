import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Duration, Effect, Option, TestClock } from "effect"
import type { JobId } from "../../src/domain/Ids.ts"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import { until } from "../../src/testing/eventually.ts"
import { aHeldJob, jobOf, succeed, videoOf } from "../support/actions.ts"
import { makeWatch, withLog } from "../support/calls.ts"
import { makeGate } from "../support/gate.ts"
import { makeMeanwhile } from "../support/meanwhile.ts"
import { type Around, aProcess, startProcess } from "../support/Process.ts"
import { aResult } from "../support/results.ts"
import { asTimeGoesBy } from "../support/time.ts"
import type { World } from "../support/World.ts"

/** A runner that has made the only rendition of a video. */
const ready = (options: Parameters<typeof aProcess>[0] = {}) =>
  Effect.gen(function* () {
    const server = yield* aProcess(options)
    const { held, video } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
    return { server, world: server.world, video, held, result: aResult(server.world, 360) }
  })

const lastEnd = (world: World, id: JobId) => Option.getOrThrow(jobOf(world, id).attempts.at(-1)?.end ?? Option.none())

describe("a result that cannot be stored", () => {
  it.effect("fails the attempt when its type dies of a defect", () =>
    Effect.gen(function* () {
      let isBroken = false
      const around: Around = (call, effect) =>
        Effect.suspend(() => (isBroken && call === "MediaProbe.probe" ? Effect.dieMessage("a bug") : effect))
      const { held, result, server, world } = yield* ready({ around })
      isBroken = true
      yield* asTimeGoesBy(succeed(server, held, result))
      const job = jobOf(world, held.job.id)
      deepStrictEqual([job.state, job.failures], ["Pending", 1])
      const end = lastEnd(world, job.id)
      deepStrictEqual([end.outcome, end.message], ["refused", Option.some("The result could not be stored")])
      assert.strictEqual(result.released(), 1)
    })
  )

  it.effect("fails the attempt when the job cannot be read any more", () =>
    Effect.gen(function* () {
      const { held, result, server, world } = yield* ready()
      world.state.jobs.set(held.job.id, { ...jobOf(world, held.job.id), privatePayload: { maxFailures: 1 } })
      yield* asTimeGoesBy(succeed(server, held, result))
      const job = jobOf(world, held.job.id)
      assert.strictEqual(job.state, "Errored")
      assert.match(Option.getOrThrow(job.error), /^The job cannot be read any more/)
      assert.strictEqual(result.released(), 1)
    })
  )

  it.effect("is left to upkeep when it cannot be withdrawn, and the log says so", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const { held, server, world } = yield* ready(watch)
      const wrong = aResult(world, 360, { playlist: "no playlist" })
      watch.breakDown((call) => call === "VideoStore.save")
      const [, log] = yield* withLog(asTimeGoesBy(succeed(server, held, wrong)))
      assert.include(log, "A result could not be withdrawn and is left to upkeep")
      assert.strictEqual(jobOf(world, held.job.id).state, "Completing")
      assert.strictEqual(wrong.released(), 1)
      watch.breakDown(() => false)
      yield* TestClock.adjust("10 minutes")
      yield* server.upkeep
      assert.strictEqual(jobOf(world, held.job.id).state, "Pending")
    })
  )
})

describe("while a result is being stored", () => {
  it.effect("a heartbeat is written each quarter of the time after which the server counts as dead", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("FileStorage.adopt")
      const settings = { completionSilence: Duration.minutes(4) }
      const { held, result, server, world } = yield* ready({ ...gate, settings })
      yield* Effect.fork(succeed(server, held, result))
      yield* until("the result is being stored", () => gate.waiting() === 1)
      const revisions: Array<number> = []
      const { revision } = jobOf(world, held.job.id)
      for (const pause of ["59 seconds", "1 second", "1 minute"] as const) {
        yield* TestClock.adjust(pause)
        revisions.push(jobOf(world, held.job.id).revision - revision)
      }
      deepStrictEqual(revisions, [0, 1, 2])
      yield* gate.open
      yield* asTimeGoesBy(until("it is stored", () => result.released() === 1))
    })
  )

  it.effect("a heartbeat that fails does not end it", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const gate = yield* makeGate("FileStorage.adopt")
      const around: Around = (call, effect) => watch.around(call, gate.around(call, effect))
      const { held, result, server, world } = yield* ready({ around })
      yield* Effect.fork(succeed(server, held, result))
      yield* until("the result is being stored", () => gate.waiting() === 1)
      watch.breakDown((call) => call === "JobStore.family")
      yield* TestClock.adjust("1 minute")
      watch.breakDown(() => false)
      const { revision } = jobOf(world, held.job.id)
      yield* TestClock.adjust("1 minute")
      assert.isAbove(jobOf(world, held.job.id).revision, revision)
      yield* gate.open
      yield* asTimeGoesBy(until("it is stored", () => jobOf(world, held.job.id).state === "Completed"))
    })
  )

  it.effect("no heartbeat revives the job once it was taken away or removed", () =>
    Effect.gen(function* () {
      for (const isRemoved of [true, false]) {
        const gate = yield* makeGate("FileStorage.adopt")
        const { held, result, server, world } = yield* ready(gate)
        yield* Effect.fork(succeed(server, held, result))
        yield* until("the result is being stored", () => gate.waiting() === 1)
        const taken = { ...jobOf(world, held.job.id), state: "Pending", attemptId: Option.none() } as const
        if (isRemoved) world.state.jobs.delete(held.job.id)
        else world.state.jobs.set(held.job.id, taken)
        yield* TestClock.adjust("5 minutes")
        deepStrictEqual(world.state.jobs.get(held.job.id), isRemoved ? undefined : taken)
        yield* gate.open
        yield* asTimeGoesBy(until("the files are let go", () => result.released() === 1))
        deepStrictEqual(
          (yield* world.files).filter((key) => key.includes(Option.getOrThrow(held.job.attemptId))),
          []
        )
      }
    })
  )
})

describe("a result whose publication could not be written", () => {
  it.effect("is announced to nobody", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const { held, result, server, world } = yield* ready(watch)
      watch.breakDown((call) => call === "VideoStore.save")
      yield* asTimeGoesBy(succeed(server, held, result))
      deepStrictEqual(world.told, [])
      assert.strictEqual(result.released(), 1)
    })
  )
})

describe("a result whose publication was not written once", () => {
  it.effect("is given up at once", () =>
    Effect.gen(function* () {
      let saves = Number.NEGATIVE_INFINITY
      const watch = makeWatch()
      watch.breakDown((call) => call === "VideoStore.save" && ++saves === 1)
      const { held, result, server, world } = yield* ready(watch)
      saves = 0
      yield* asTimeGoesBy(succeed(server, held, result))
      const { failures, state } = jobOf(world, held.job.id)
      deepStrictEqual([state, failures], ["Pending", 1])
    })
  )
})

describe("an attempt without an id", () => {
  it.effect("has no files that could be deleted", () =>
    Effect.gen(function* () {
      const { held, server, video, world } = yield* ready()
      const job = { ...jobOf(world, held.job.id), state: "Completing", attemptId: Option.none() } as const
      world.state.jobs.set(job.id, job)
      yield* TestClock.adjust("10 minutes")
      yield* server.upkeep
      assert.strictEqual(jobOf(world, job.id).state, "Pending")
      deepStrictEqual(videoOf(world, video).pendingDeletion, [])
    })
  )
})

describe("a result whose job is taken away before it is published", () => {
  const changes: ReadonlyArray<readonly [what: string, change: Partial<RunnerJob> | undefined]> = [
    ["was removed", undefined],
    ["is pending again", { state: "Pending" }],
    ["has another attempt", { attemptId: Option.some(crypto.randomUUID()) }],
    ["is continued by another server", { interruptions: 1 }]
  ]
  it.effect.each(changes)("is discarded when the job %s, and the log names the reason", ([, change]) =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const { held, result, server, video, world } = yield* ready(meanwhile)
      const { jobs } = world.state
      const take = Effect.sync(() => {
        if (change === undefined) jobs.delete(held.job.id)
        else jobs.set(held.job.id, { ...jobOf(world, held.job.id), ...change })
      })
      // The last file is the playlist of the rendition. The job is read next.
      meanwhile.before("FileStorage.write", take)
      const [, log] = yield* withLog(asTimeGoesBy(succeed(server, held, result)))
      assert.isTrue(meanwhile.hasHappened())
      assert.include(log, "The attempt ended while its result was being stored")
      deepStrictEqual(videoOf(world, video).files, [])
      deepStrictEqual(world.told, [])
      assert.strictEqual(result.released(), 1)
    })
  )
})

describe("a result that is not stored when its server stops", () => {
  it.effect("goes back to the queue without a failure, and its files are gone", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("FileStorage.write", { isClosed: () => isClosed })
      let isClosed = false
      const { held, result, server, world } = yield* ready(gate)
      const before = yield* world.files
      isClosed = true
      yield* Effect.forkDaemon(succeed(server, held, result))
      yield* until("the result is being stored", () => gate.waiting() === 1)
      yield* asTimeGoesBy(server.stop)
      const { failures, stalls, state } = jobOf(world, held.job.id)
      deepStrictEqual([state, failures, stalls], ["Pending", 0, 0])
      assert.strictEqual(result.released(), 1)
      deepStrictEqual(yield* world.files, before)
    })
  )
})

describe("a result that is published while its server stops", () => {
  it.effect("keeps its files", () =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const { held, result, server, video, world } = yield* ready(meanwhile)
      const other = yield* startProcess(world)
      meanwhile.before("VideoStore.save", Effect.forkDaemon(server.stop))
      yield* asTimeGoesBy(succeed(server, held, result))
      assert.strictEqual(jobOf(world, held.job.id).state, "Completed")
      yield* other.upkeep
      const { files } = videoOf(world, video)
      assert.lengthOf(files, 1)
      assert.includeMembers(
        [...(yield* world.files)],
        files.flatMap(({ key, playlistKey }) => [key, playlistKey])
      )
    })
  )
})
