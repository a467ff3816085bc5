import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { DateTime, Duration, Effect, Option, TestClock } from "effect"
import type { ConnectorSettings } from "../../src/config/ConnectorConfig.ts"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import { until } from "../../src/testing/eventually.ts"
import type { FindFiles } from "../../src/usecases/engine/Resumption.ts"
import { aHeldJob, jobOf, succeed, videoOf } from "../support/actions.ts"
import { makeGate } from "../support/gate.ts"
import { assertConsistent } from "../support/invariants.ts"
import { aProcess, type Process, startProcess } from "../support/Process.ts"
import { aResult, type Result } from "../support/results.ts"
import { asTimeGoesBy } from "../support/time.ts"

/** The files as another process of the same server finds them on its disk, and how often it looked and let go. */
const finder = ({ payload, release }: Result, files: object = payload) => {
  const seen = { looked: 0, letGo: 0 }
  const letGo = Effect.sync(() => {
    seen.letGo += 1
  })
  const find: FindFiles = () =>
    Effect.sync(() => {
      seen.looked += 1
      return Option.some({ files: files as typeof payload, release, letGo })
    })
  return { find, seen }
}

const finding = (result: Result): FindFiles => finder(result).find

const nowhere: FindFiles = () => Effect.succeedNone

const resume = (server: Process, find: FindFiles) => asTimeGoesBy(server.resumption.resume(find))

/** A server that hangs while it looks at the result, for as long as the gate is closed. */
const hanging = Effect.gen(function* () {
  let isClosed = false
  const gate = yield* makeGate("MediaProbe.probe", { isClosed: () => isClosed })
  const server = yield* aProcess({ ...gate, settings: { resumeWindow: Duration.minutes(5) } })
  const { held, video } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
  const result = aResult(server.world, 360)
  isClosed = true
  yield* Effect.forkDaemon(succeed(server, held, result))
  yield* until("the result is being stored", () => gate.waiting() === 1)
  const { id } = held.job
  return { gate, id, result, server, video }
})

/** Such a server of which nothing was heard for a minute, and another one. */
const silent = (change: Partial<RunnerJob> = {}, settings: Partial<ConnectorSettings> = {}) =>
  Effect.gen(function* () {
    const scene = yield* hanging
    const { id, server } = scene
    yield* silence(scene)
    server.world.state.jobs.set(id, { ...jobOf(server.world, id), ...change })
    return { ...scene, other: yield* startProcess(server.world, { settings }), job: jobOf(server.world, id) }
  })

/** As if nothing was heard of the process since it received the result. */
const silence = ({ id, server }: { readonly id: Parameters<typeof jobOf>[1]; readonly server: Process }) =>
  Effect.gen(function* () {
    const { updatedAt } = jobOf(server.world, id)
    yield* TestClock.adjust("61 seconds")
    server.world.state.jobs.set(id, { ...jobOf(server.world, id), updatedAt })
  })

describe("a result whose server died while it stored it", () => {
  it.effect("is stored by the process that finds the received files, and no runner does the work again", () =>
    Effect.gen(function* () {
      const { id, result, server, video } = yield* hanging
      const other = yield* startProcess(server.world)
      yield* resume(other, finding(result))
      assert.strictEqual(jobOf(server.world, id).interruptions, 0, "while the server shows signs of life")
      yield* silence({ id, server })
      yield* resume(other, nowhere)
      yield* resume(other, finding(result))
      yield* asTimeGoesBy(until("it is stored", () => jobOf(server.world, id).state === "Completed"))
      const job = jobOf(server.world, id)
      deepStrictEqual([job.failures, job.interruptions, job.received], [0, 1, Option.none()])
      assert.lengthOf(videoOf(server.world, video).files, 1)
      yield* assertConsistent(server.world)
    })
  )

  it.effect("is taken over by one of several processes, and the one that comes back changes nothing", () =>
    Effect.gen(function* () {
      const { gate, id, result, server, video } = yield* hanging
      const others = yield* Effect.all([startProcess(server.world), startProcess(server.world)])
      yield* silence({ id, server })
      const find = finding(result)
      yield* asTimeGoesBy(
        Effect.all(
          others.map((other) => other.resumption.resume(find)),
          { concurrency: 2 }
        )
      )
      yield* gate.open
      yield* asTimeGoesBy(until("it is stored", () => jobOf(server.world, id).state === "Completed"))
      deepStrictEqual([jobOf(server.world, id).interruptions, jobOf(server.world, id).failures], [1, 0])
      assert.lengthOf(videoOf(server.world, video).files, 1)
      yield* assertConsistent(server.world)
    })
  )

  it.effect("goes to a runner again after the window, five times and more without a failure", () =>
    Effect.gen(function* () {
      const { id, server } = yield* hanging
      const other = yield* startProcess(server.world)
      for (let deaths = 1; deaths <= 6; deaths++) {
        server.world.state.jobs.set(id, { ...jobOf(server.world, id), state: "Completing" })
        const { updatedAt } = jobOf(server.world, id)
        yield* TestClock.adjust("6 minutes")
        server.world.state.jobs.set(id, { ...jobOf(server.world, id), updatedAt })
        yield* other.upkeep
        const job = jobOf(server.world, id)
        deepStrictEqual([job.state, job.failures, job.interruptions], ["Pending", 0, deaths])
      }
    })
  )
})

describe("a result whose server is silent", () => {
  it.effect("is left to upkeep when the next interruption would be the last", () =>
    Effect.gen(function* () {
      for (const [interruptions, looked] of [
        [0, 1],
        [1, 0],
        [2, 0]
      ] as const) {
        const { other, result } = yield* silent({ interruptions }, { maxInterruptions: 2 })
        const { find, seen } = finder(result)
        yield* resume(other, find)
        assert.strictEqual(seen.looked, looked, `after ${interruptions} interruptions`)
      }
    })
  )

  it.effect("is not looked for when nothing was received", () =>
    Effect.gen(function* () {
      const { other, result } = yield* silent({ received: Option.none() })
      const { find, seen } = finder(result)
      yield* resume(other, find)
      assert.strictEqual(seen.looked, 0)
    })
  )

  it.effect("is not looked for by the process that stores it", () =>
    Effect.gen(function* () {
      const { other, result, server } = yield* silent()
      const { find, seen } = finder(result)
      yield* resume(server, find)
      assert.strictEqual(seen.looked, 0)
      yield* resume(other, find)
      assert.strictEqual(seen.looked, 1)
    })
  )

  it.effect("is looked for by the process that has stored it before", () =>
    Effect.gen(function* () {
      const { gate, id, job, result, server } = yield* silent()
      yield* gate.open
      yield* asTimeGoesBy(until("it is stored", () => result.released() === 1))
      server.world.state.jobs.set(id, job)
      yield* TestClock.adjust("2 minutes")
      const { find, seen } = finder(result)
      yield* resume(server, find)
      assert.strictEqual(seen.looked, 1)
    })
  )

  it.effect("leaves its files where they are when it cannot be decoded", () =>
    Effect.gen(function* () {
      for (const { change, files } of [{ change: { type: "gone" } }, { change: {}, files: {} }]) {
        const { id, job, other, result, server } = yield* silent(change)
        const { find, seen } = finder(result, files)
        yield* resume(other, find)
        deepStrictEqual(seen, { looked: 1, letGo: 1 })
        deepStrictEqual(jobOf(server.world, id), job)
      }
    })
  )

  it.effect("leaves its files where they are when its server shows a sign of life meanwhile", () =>
    Effect.gen(function* () {
      const { id, job, other, result, server } = yield* silent()
      const { find, seen } = finder(result)
      const updatedAt = yield* DateTime.now
      yield* resume(other, (...found) =>
        Effect.tap(find(...found), () => server.world.state.jobs.set(id, { ...job, updatedAt }))
      )
      deepStrictEqual(seen, { looked: 1, letGo: 1 })
      assert.strictEqual(jobOf(server.world, id).interruptions, 0)
    })
  )

  it.effect("leaves its files where they are when the job has another attempt", () =>
    Effect.gen(function* () {
      const { id, job, other, result, server } = yield* silent()
      const { find, seen } = finder(result)
      const later = { ...job, attemptId: Option.some(crypto.randomUUID()) }
      yield* resume(other, (...found) => Effect.tap(find(...found), () => server.world.state.jobs.set(id, later)))
      deepStrictEqual(seen, { looked: 1, letGo: 1 })
      deepStrictEqual(jobOf(server.world, id), later)
    })
  )

  it.effect("is let go by every process but the one that takes it over", () =>
    Effect.gen(function* () {
      const { result, server } = yield* silent()
      const together = yield* makeGate("JobStore.commit", { opensAt: 2 })
      const finders = [finder(result), finder(result)]
      yield* asTimeGoesBy(
        Effect.forEach(
          finders,
          ({ find }) =>
            Effect.flatMap(startProcess(server.world, together), ({ resumption }) => resumption.resume(find)),
          { concurrency: 2 }
        )
      )
      deepStrictEqual(finders.map(({ seen }) => seen.letGo).toSorted(), [0, 1])
    })
  )
})
