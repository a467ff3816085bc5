import { assert, describe, it } from "@effect/vitest"
import { aJob } from "@runner-connector/contracts"
import { Context, DateTime, Duration, Effect, Option, TestClock } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import { RunnerId } from "../../src/domain/Ids.ts"
import { FileStorage, FileStorageError } from "../../src/ports/FileStorage.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import { acceptNext, type Held, jobOf, jobsOf, register, store, succeed, takeIn, videoOf } from "../support/actions.ts"
import { makeWatch, withLog } from "../support/calls.ts"
import { makeGate } from "../support/gate.ts"
import { assertConsistent, assertNothingLeft } from "../support/invariants.ts"
import { aResult } from "../support/media.ts"
import { aProcess, type Process, startProcess } from "../support/Process.ts"
import { asTimeGoesBy, until } from "../support/time.ts"

const oneRendition = { settings: { resolutions: [360] as const } }

const report = (server: Process, { claim }: Held) =>
  server.jobs.update({ ...claim, progress: Option.none(), payload: undefined })

describe("a runner that falls silent", () => {
  it.effect("loses its job after the limit and not before, without a failure", () =>
    Effect.gen(function* () {
      const server = yield* aProcess({ settings: { vodSilence: Duration.minutes(2) } })
      const runner = yield* register(server)
      yield* takeIn(server, oneRendition)
      const held = yield* acceptNext(server, runner)
      yield* TestClock.adjust("90 seconds")
      yield* report(server, held)
      yield* TestClock.adjust("2 minutes")
      yield* server.upkeep
      assert.strictEqual(jobOf(server.world, held.job.id).state, "Processing")
      yield* TestClock.adjust("1 millis")
      const pings = server.world.pings
      yield* server.upkeep
      const job = jobOf(server.world, held.job.id)
      assert.deepStrictEqual([job.state, job.failures, job.stalls], ["Pending", 0, 1])
      assert.isAbove(server.world.pings, pings)
    })
  )

  it.effect("keeps its job when it speaks between the look at the list and the decision", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("JobStore.family")
      const server = yield* aProcess()
      const watcher = yield* startProcess(server.world, gate)
      const runner = yield* register(server)
      yield* takeIn(server, oneRendition)
      const held = yield* acceptNext(server, runner)
      yield* TestClock.adjust("3 minutes")
      const round = yield* Effect.fork(watcher.upkeep)
      yield* until("the watcher is about to decide", () => gate.waiting() === 1)
      yield* report(server, held)
      yield* gate.open
      yield* asTimeGoesBy(round.await)
      const job = jobOf(server.world, held.job.id)
      assert.deepStrictEqual([job.state, job.stalls], ["Processing", 0])
    })
  )

  it.effect("keeps its job when it speaks between the decision and the write", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("JobStore.commit")
      const server = yield* aProcess()
      const watcher = yield* startProcess(server.world, gate)
      const runner = yield* register(server)
      yield* takeIn(server, oneRendition)
      const held = yield* acceptNext(server, runner)
      yield* TestClock.adjust("3 minutes")
      const round = yield* Effect.fork(watcher.upkeep)
      yield* until("the watcher is about to write", () => gate.waiting() === 1)
      yield* report(server, held)
      yield* gate.open
      yield* asTimeGoesBy(round.await)
      const job = jobOf(server.world, held.job.id)
      assert.deepStrictEqual([job.state, job.stalls], ["Processing", 0])
    })
  )

  it.effect("loses it once, however many servers notice", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const others = yield* Effect.all([startProcess(server.world), startProcess(server.world)])
      const runner = yield* register(server)
      yield* takeIn(server, oneRendition)
      const { job } = yield* acceptNext(server, runner)
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
      assert.deepStrictEqual(counts, [
        [1, 0, "Pending"],
        [2, 0, "Pending"],
        [3, 1, "Pending"],
        [4, 2, "Pending"],
        [5, 3, "Pending"],
        [6, 4, "Pending"],
        [7, 5, "Errored"]
      ])
      assert.strictEqual(videoOf(server.world, video).state, "TranscodingFailed")
      assert.deepStrictEqual(
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
  it.effect("is given up after the limit and not before, and counts as a failure", () =>
    Effect.gen(function* () {
      const server = yield* aProcess({ settings: { completionSilence: Duration.seconds(60) } })
      const runner = yield* register(server)
      const video = yield* takeIn(server, oneRendition)
      const { job } = yield* acceptNext(server, runner)
      const resultId = crypto.randomUUID()
      server.world.state.jobs.set(job.id, { ...job, state: "Completing", resultId: Option.some(resultId) })
      yield* TestClock.adjust("60 seconds")
      yield* server.upkeep
      assert.strictEqual(jobOf(server.world, job.id).state, "Completing")
      yield* TestClock.adjust("1 millis")
      yield* server.upkeep
      const after = jobOf(server.world, job.id)
      assert.deepStrictEqual([after.state, after.failures, after.resultId], ["Pending", 1, Option.none()])
      const names = videoOf(server.world, video).retired.map(({ key }) => key)
      assert.sameMembers(names, [
        FileKey.make(`videos/cat/${resultId}-360-fragmented.mp4`),
        FileKey.make(`videos/cat/${resultId}-360.m3u8`),
        FileKey.make(`videos/cat/${resultId}-master.m3u8`)
      ])
    })
  )

  it.effect("is left alone when the server that stores it speaks in the last moment", () =>
    Effect.gen(function* () {
      let isArmed = false
      const family = yield* makeGate("JobStore.family", { isClosed: () => isArmed })
      const adopt = yield* makeGate("FileStorage.adopt")
      const server = yield* aProcess(adopt)
      const watcher = yield* startProcess(server.world, family)
      const runner = yield* register(server)
      yield* takeIn(server, oneRendition)
      const held = yield* acceptNext(server, runner)
      const result = aResult(server.world, 360)
      yield* Effect.fork(succeed(server, held, result))
      yield* until("the result is being stored", () => adopt.waiting() === 1)
      // As if the server had been held up: its last sign of life is old.
      const job = jobOf(server.world, held.job.id)
      yield* TestClock.adjust("10 minutes")
      server.world.state.jobs.set(job.id, { ...jobOf(server.world, job.id), updatedAt: job.updatedAt })
      isArmed = true
      const round = yield* Effect.fork(watcher.upkeep)
      yield* until("the watcher is about to decide", () => family.waiting() === 1)
      yield* TestClock.adjust("15 seconds")
      yield* family.open
      yield* asTimeGoesBy(round.await)
      assert.strictEqual(jobOf(server.world, job.id).state, "Completing")
      yield* adopt.open
      yield* asTimeGoesBy(until("the uploads are let go", () => result.released() === 1))
      assert.strictEqual(jobOf(server.world, job.id).state, "Completed")
      yield* assertConsistent(server.world)
    })
  )
})

describe("files that nothing refers to any more", () => {
  it.effect("are kept for a while and then removed, by whichever server is first", () =>
    Effect.gen(function* () {
      const server = yield* aProcess({ settings: { retiredFor: Duration.hours(1) } })
      const other = yield* startProcess(server.world, { settings: { retiredFor: Duration.hours(1) } })
      const runner = yield* register(server)
      const video = yield* takeIn(server)
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      const [retired] = videoOf(server.world, video).retired
      assert.isDefined(retired)
      yield* TestClock.adjust("59 minutes")
      yield* server.upkeep
      assert.include(yield* server.world.files, retired.key)
      yield* TestClock.adjust("2 minutes")
      yield* asTimeGoesBy(Effect.all([server.upkeep, other.upkeep], { concurrency: 2 }))
      assert.notInclude(yield* server.world.files, retired.key)
      yield* assertNothingLeft(server.world)
    })
  )

  it.effect("do not wait for one that cannot be removed", () =>
    Effect.gen(function* () {
      let stuck = ""
      const server = yield* aProcess()
      const { world } = server
      const keys = ["a.m3u8", "b.m3u8", "c.m3u8"].map((name) => FileKey.make(`videos/cat/${name}`))
      const storage = Context.get(world.ports, FileStorage)
      const faulty = yield* startProcess({
        ...world,
        ports: Context.add(world.ports, FileStorage, {
          ...storage,
          remove: (key) =>
            key === stuck
              ? new FileStorageError({ operation: "remove", key, cause: new Error("EPERM") })
              : storage.remove(key)
        })
      })
      const videos = yield* Effect.all([takeIn(server, oneRendition), takeIn(server, oneRendition)])
      for (const key of keys) yield* store(world, key, new Uint8Array([1]))
      const at = yield* DateTime.now
      const [first, second] = videos
      const [a, b, c] = keys as [FileKey, FileKey, FileKey]
      world.state.videos.set(first.id, {
        ...first,
        retired: [
          { key: a, at },
          { key: b, at }
        ]
      })
      world.state.videos.set(second.id, { ...second, retired: [{ key: c, at }] })
      stuck = a
      yield* TestClock.adjust("2 hours")
      yield* faulty.upkeep
      assert.deepStrictEqual(
        videos.map((video) => videoOf(world, video).retired.map(({ key }) => key)),
        [[a], []]
      )
      assert.notIncludeMembers([...(yield* world.files)], [b, c])
    })
  )

  it.effect("stay noted while they cannot be removed", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const runner = yield* register(server)
      const video = yield* takeIn(server)
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      yield* TestClock.adjust("2 hours")
      watch.breakDown((call) => call === "FileStorage.remove")
      yield* server.upkeep
      assert.lengthOf(videoOf(server.world, video).retired, 1)
      watch.breakDown(() => false)
      yield* server.upkeep
      yield* assertNothingLeft(server.world)
    })
  )
})

it.effect("calls idle runners for as long as jobs of a type that is offered wait", () =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const { world } = server
    yield* Context.get(world.ports, JobStore).insert([aJob({ type: "gone" })])
    yield* server.upkeep
    assert.strictEqual(world.pings, 0)
    yield* takeIn(server, oneRendition)
    const before = world.pings
    yield* server.upkeep
    yield* server.upkeep
    assert.strictEqual(world.pings, before + 2)
    for (const { id } of jobsOf(world)) yield* server.jobs.cancel(id)
    yield* server.upkeep
    assert.strictEqual(world.pings, before + 2)
  })
)

it.effect("settles a video whose last job ended without anybody noticing", () =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const video = yield* takeIn(server, oneRendition)
    for (const job of jobsOf(server.world)) server.world.state.jobs.set(job.id, { ...job, state: "Errored" })
    yield* server.upkeep
    yield* server.upkeep
    assert.strictEqual(videoOf(server.world, video).state, "TranscodingFailed")
    assert.lengthOf(server.world.told, 1)
  })
)

it.effect("does all other parts of a round when one of them fails or dies", () =>
  Effect.gen(function* () {
    const parts: Record<string, string> = {
      "stalled jobs": "JobStore.listSilent",
      "unsettled videos": "VideoStore.listUnsettled",
      "retired files": "VideoStore.listRetired",
      "idle runners": "JobStore.listAvailable"
    }
    for (const [part, call] of Object.entries(parts)) {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      yield* takeIn(server)
      watch.breakDown((name) => name === call)
      const [, log] = yield* withLog(server.upkeep)
      assert.include(log, `Upkeep of ${part} failed`)
      for (const other of Object.values(parts)) assert.isAtLeast(watch.count(other), 1, other)

      const dying = yield* aProcess({
        around: (name, effect) => (name === call ? Effect.dieMessage("a bug") : effect)
      })
      const [, deathLog] = yield* withLog(dying.upkeep)
      assert.include(deathLog, `Upkeep of ${part} failed`)
    }
  })
)
