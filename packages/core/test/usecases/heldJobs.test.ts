import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aJobId } from "@runner-connector/contracts"
import { Context, Effect, Option, Redacted } from "effect"
import type { JobState } from "../../src/domain/job/RunnerJob.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import { acceptNext, aHeldJob, type Held, jobOf, jobsOf, register, takeIn } from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { aProcess, type Process } from "../support/Process.ts"

type Claim = Held["claim"]

const update = (server: Process, claim: Claim, progress: Option.Option<number> = Option.none()) =>
  server.jobs.update({ ...claim, progress, payload: undefined })

describe("update", () => {
  it.effect("stores the progress, 0 too, and keeps it when none is given", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { claim, job } = yield* aHeldJob(server)
      for (const [sent, kept] of [
        [30, 30],
        [undefined, 30],
        [0, 0],
        [100, 100]
      ] as const) {
        yield* update(server, claim, Option.fromNullable(sent))
        deepStrictEqual(jobOf(server.world, job.id).progress, Option.some(kept))
      }
    })
  )

  it.effect("carries no payload, but an empty one", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { claim } = yield* aHeldJob(server)
      const send = (payload: unknown) => outcome(server.jobs.update({ ...claim, progress: Option.none(), payload }))
      assert.strictEqual(yield* send({}), "ok")
      assert.strictEqual(yield* send({ masterPlaylistFile: "x" }), "InvalidPayload")
      const stranger = { ...claim, jobToken: Redacted.make("x"), progress: Option.none(), payload: { a: "b" } }
      assert.strictEqual(yield* outcome(server.jobs.update(stranger)), "UnknownJob")
    })
  )
})

describe("fail", () => {
  it.effect("gives the job to the next runner, and ends it with the fifth failure", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      yield* takeIn(server, { settings: { resolutions: [360] } })
      for (let failures = 1; failures <= 5; failures++) {
        const { claim, job } = yield* acceptNext(server, runner)
        const pings = server.world.pings
        yield* server.jobs.error({ ...claim, message: `reason ${failures}` })
        const after = jobOf(server.world, job.id)
        assert.strictEqual(after.failures, failures)
        assert.strictEqual(after.state, failures < 5 ? "Pending" : "Errored")
        assert.strictEqual(server.world.pings, failures < 5 ? pings + 1 : pings)
        deepStrictEqual(
          after.error,
          failures < 5 ? Option.none() : Option.some("reason 5 (runner gpu-1, version 0.4.0)")
        )
      }
      deepStrictEqual(
        server.world.told.map(({ hook, state }) => [hook, state]),
        [["transcodingEnded", "TranscodingFailed"]]
      )
    })
  )

  it.effect("ends it sooner with the limit of the request", () =>
    Effect.gen(function* () {
      const server = yield* aProcess({ settings: { maxStalls: 3 } })
      const runner = yield* register(server)
      yield* takeIn(server, { settings: { resolutions: [360], maxFailures: 2 } })
      const states: Array<JobState> = []
      for (let failures = 1; failures <= 2; failures++) {
        const { claim, job } = yield* acceptNext(server, runner)
        yield* server.jobs.error({ ...claim, message: "no" })
        states.push(jobOf(server.world, job.id).state)
      }
      deepStrictEqual(states, ["Pending", "Errored"])
    })
  )
})

describe("abort", () => {
  it.effect("gives the job back without a failure, however often, and calls the runners", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      yield* takeIn(server, { settings: { resolutions: [360] } })
      for (let times = 1; times <= 10; times++) {
        const { claim, job } = yield* acceptNext(server, runner)
        const pings = server.world.pings
        yield* server.jobs.abort({ ...claim, reason: "Runner stopped" })
        const after = jobOf(server.world, job.id)
        assert.strictEqual(after.state, "Pending")
        deepStrictEqual([after.failures, after.stalls], [0, 0])
        deepStrictEqual(after.runnerId, Option.none())
        assert.strictEqual(server.world.pings, pings + 1)
      }
    })
  )
})

describe("cancel", () => {
  it.effect("ends a job and its dependents, and nothing else", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const parent = aJob({ state: "Pending" })
      const child = aJob({ state: "WaitingForParent", parentId: Option.some(parent.id) })
      const grandchild = aJob({ state: "WaitingForParent", parentId: Option.some(child.id) })
      const done = aJob({ state: "Errored", parentId: Option.some(parent.id) })
      const stranger = aJob({ state: "Pending" })
      yield* Context.get(server.world.ports, JobStore).insert([parent, child, grandchild, done, stranger])
      yield* server.admin.cancel(parent.id)
      deepStrictEqual(
        jobsOf(server.world).map(({ state }) => state),
        ["Cancelled", "ParentCancelled", "ParentCancelled", "Errored", "Pending"]
      )
      assert.strictEqual(server.world.pings, 0)
    })
  )

  it.effect("is possible while the job waits, is pending or is processed, and not afterwards", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const open: ReadonlyArray<JobState> = ["Pending", "Processing", "WaitingForParent"]
      const closed: ReadonlyArray<JobState> = [
        "Completing",
        "Completed",
        "Errored",
        "Cancelled",
        "ParentErrored",
        "ParentCancelled"
      ]
      for (const state of [...open, ...closed]) {
        const job = aJob({ state })
        yield* Context.get(server.world.ports, JobStore).insert([job])
        const expected = open.includes(state) ? "ok" : "JobNotCancellable"
        assert.strictEqual(yield* outcome(server.admin.cancel(job.id)), expected, state)
      }
      assert.strictEqual(yield* outcome(server.admin.cancel(aJobId())), "UnknownJob")
    })
  )

  it.effect("of the last open job tells the application that the video has ended", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      yield* takeIn(server)
      const [first, second] = jobsOf(server.world)
      assert.isDefined(first)
      assert.isDefined(second)
      yield* server.admin.cancel(first.id)
      assert.lengthOf(server.world.told, 0)
      yield* server.admin.cancel(second.id)
      deepStrictEqual(
        server.world.told.map(({ hook }) => hook),
        ["transcodingEnded"]
      )
    })
  )
})

it.effect("a runner's last failure ends what waits for the job too", () =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const runner = yield* register(server)
    yield* takeIn(server, { settings: { resolutions: [360], maxFailures: 1 } })
    const [parent] = jobsOf(server.world)
    assert.isDefined(parent)
    const child = aJob({ state: "WaitingForParent", parentId: Option.some(parent.id) })
    yield* Context.get(server.world.ports, JobStore).insert([child])
    const { claim } = yield* acceptNext(server, runner)
    yield* server.jobs.error({ ...claim, message: "no" })
    assert.strictEqual(jobOf(server.world, child.id).state, "ParentErrored")
    deepStrictEqual(jobOf(server.world, child.id).error, Option.some("parent error"))
  })
)
