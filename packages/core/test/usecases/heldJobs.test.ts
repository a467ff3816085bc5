import { assert, describe, it } from "@effect/vitest"
import { aJob, aJobId } from "@runner-connector/contracts"
import { Context, Effect, Option, Redacted } from "effect"
import type { JobState } from "../../src/domain/RunnerJob.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import { accept, acceptNext, type Held, jobOf, jobsOf, register, succeed, takeIn } from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { makeGate } from "../support/gate.ts"
import { aResult } from "../support/media.ts"
import { aProcess, type Process } from "../support/Process.ts"
import { snapshot } from "../support/snapshot.ts"
import { asTimeGoesBy, until } from "../support/time.ts"

type Claim = Held["claim"]

const update = (server: Process, claim: Claim, progress: Option.Option<number> = Option.none()) =>
  server.jobs.update({ ...claim, progress, payload: undefined })

/** Every way to speak of a held job. */
const calls = (server: Process, claim: Claim) => {
  const result = aResult(server.world, 360)
  return {
    update: update(server, claim, Option.some(99)),
    fail: server.jobs.fail({ ...claim, message: "no" }),
    abort: server.jobs.abort({ ...claim, reason: "stopped" }),
    succeed: server.jobs.succeed({ ...claim, payload: result.payload, release: result.release }),
    findProcessing: server.holding.findProcessing(claim),
    download: server.jobFiles.find(claim, "1", "maxQuality")
  }
}

const outcomesOf = (server: Process, claim: Claim) =>
  Effect.all(
    Object.values(calls(server, claim)).map((call) => outcome(call as Effect.Effect<unknown, { _tag: string }>))
  )

describe("the fence", () => {
  it.effect("hears nobody but the runner that holds the job, with the token of this try", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const [a, b] = [yield* register(server, "a"), yield* register(server, "b")]
      yield* takeIn(server)
      const early = yield* acceptNext(server, a)
      yield* server.jobs.abort({ ...early.claim, reason: "stopped" })
      const { claim } = yield* accept(server, a, early.job.id)
      const other = yield* acceptNext(server, b)
      const before = yield* snapshot(server.world)
      const foreign: ReadonlyArray<Claim> = [
        { ...claim, jobToken: other.claim.jobToken },
        { ...claim, jobToken: early.claim.jobToken },
        { ...claim, jobToken: Redacted.make("ptrjt-never-given") },
        { ...claim, runnerToken: b.token },
        { ...claim, runnerToken: Redacted.make("ptrt-unknown") },
        { ...claim, id: other.claim.id },
        { ...claim, id: aJobId() }
      ]
      for (const wrong of foreign) {
        const outcomes = yield* outcomesOf(server, wrong)
        assert.deepStrictEqual(
          outcomes,
          outcomes.map(() => "UnknownJob")
        )
      }
      assert.deepStrictEqual(yield* snapshot(server.world), before)
      assert.strictEqual(yield* outcome(update(server, claim)), "ok")
    })
  )

  it.effect("forgets the token when the try ends without a result", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      yield* takeIn(server, { settings: { resolutions: [240, 360, 480] } })
      const endings = [
        (held: Held) => server.jobs.fail({ ...held.claim, message: "no" }),
        (held: Held) => server.jobs.abort({ ...held.claim, reason: "stopped" }),
        (held: Held) => server.jobs.cancel(held.job.id)
      ]
      for (const end of endings) {
        const held = yield* acceptNext(server, runner)
        yield* end(held)
        const before = yield* snapshot(server.world)
        const outcomes = yield* outcomesOf(server, held.claim)
        assert.deepStrictEqual(
          outcomes,
          outcomes.map(() => "UnknownJob")
        )
        assert.deepStrictEqual(yield* snapshot(server.world), before)
      }
    })
  )

  it.effect("keeps it after the result: late reports are heard and ignored, all else is told that it is too late", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("FileStorage.adopt")
      const server = yield* aProcess(gate)
      const runner = yield* register(server)
      yield* takeIn(server)
      const held = yield* acceptNext(server, runner)
      yield* update(server, held.claim, Option.some(50))
      const storing = yield* Effect.fork(succeed(server, held))
      yield* until("the result is being stored", () => gate.waiting() === 1)
      const tooLate = [
        "JobNotProcessing",
        "JobNotProcessing",
        "JobNotProcessing",
        "JobNotProcessing",
        "JobNotProcessing"
      ]
      for (const state of ["Completing", "Completed"] as const) {
        if (state === "Completed") {
          yield* gate.open
          yield* asTimeGoesBy(storing.await)
        }
        const before = jobOf(server.world, held.job.id)
        assert.strictEqual(before.state, state)
        assert.deepStrictEqual(yield* outcomesOf(server, held.claim), ["ok", ...tooLate])
        const after = jobOf(server.world, held.job.id)
        assert.deepStrictEqual({ ...after, revision: 0 }, { ...before, revision: 0 })
      }
    })
  )
})

describe("update", () => {
  it.effect("stores the progress, 0 too, and keeps it when none is given", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      yield* takeIn(server)
      const { claim, job } = yield* acceptNext(server, runner)
      for (const [sent, kept] of [
        [30, 30],
        [undefined, 30],
        [0, 0],
        [100, 100]
      ] as const) {
        yield* update(server, claim, Option.fromNullable(sent))
        assert.deepStrictEqual(jobOf(server.world, job.id).progress, Option.some(kept))
      }
    })
  )

  it.effect("carries no payload, but an empty one", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      yield* takeIn(server)
      const { claim } = yield* acceptNext(server, runner)
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
        yield* server.jobs.fail({ ...claim, message: `reason ${failures}` })
        const after = jobOf(server.world, job.id)
        assert.strictEqual(after.failures, failures)
        assert.strictEqual(after.state, failures < 5 ? "Pending" : "Errored")
        assert.strictEqual(server.world.pings, failures < 5 ? pings + 1 : pings)
        assert.deepStrictEqual(after.error, failures < 5 ? Option.none() : Option.some("reason 5"))
      }
      assert.deepStrictEqual(
        server.world.told.map(({ hook, state }) => [hook, state]),
        [["transcodingEnded", "TranscodingFailed"]]
      )
    })
  )

  it.effect("ends it sooner when the call that asked for the video said so", () =>
    Effect.gen(function* () {
      const server = yield* aProcess({ settings: { maxStalls: 3 } })
      const runner = yield* register(server)
      yield* takeIn(server, { settings: { resolutions: [360], maxFailures: 2 } })
      const states: Array<JobState> = []
      for (let failures = 1; failures <= 2; failures++) {
        const { claim, job } = yield* acceptNext(server, runner)
        yield* server.jobs.fail({ ...claim, message: "no" })
        states.push(jobOf(server.world, job.id).state)
      }
      assert.deepStrictEqual(states, ["Pending", "Errored"])
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
        assert.deepStrictEqual([after.failures, after.stalls], [0, 0])
        assert.deepStrictEqual(after.runnerId, Option.none())
        assert.strictEqual(server.world.pings, pings + 1)
      }
    })
  )
})

describe("cancel", () => {
  it.effect("ends a job and whatever waits for it, and nothing else", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const parent = aJob({ state: "Pending" })
      const child = aJob({ state: "WaitingForParent", parentId: Option.some(parent.id) })
      const grandchild = aJob({ state: "WaitingForParent", parentId: Option.some(child.id) })
      const done = aJob({ state: "Errored", parentId: Option.some(parent.id) })
      const stranger = aJob({ state: "Pending" })
      yield* Context.get(server.world.ports, JobStore).insert([parent, child, grandchild, done, stranger])
      yield* server.jobs.cancel(parent.id)
      assert.deepStrictEqual(
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
        assert.strictEqual(yield* outcome(server.jobs.cancel(job.id)), expected, state)
      }
      assert.strictEqual(yield* outcome(server.jobs.cancel(aJobId())), "UnknownJob")
    })
  )

  it.effect("of the last open job tells the application that the video has ended", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      yield* takeIn(server)
      const [first, second] = jobsOf(server.world)
      assert.isDefined(first)
      assert.isDefined(second)
      yield* server.jobs.cancel(first.id)
      assert.lengthOf(server.world.told, 0)
      yield* server.jobs.cancel(second.id)
      assert.deepStrictEqual(
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
    yield* server.jobs.fail({ ...claim, message: "no" })
    assert.strictEqual(jobOf(server.world, child.id).state, "ParentErrored")
    assert.deepStrictEqual(jobOf(server.world, child.id).error, Option.some("parent error"))
  })
)
