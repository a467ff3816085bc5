import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJobId } from "@runner-connector/contracts"
import { Effect, Option, Redacted } from "effect"
import { until } from "../../src/testing/eventually.ts"
import { accept, acceptNext, aHeldJob, type Held, jobOf, register, succeed, takeIn } from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { makeGate } from "../support/gate.ts"
import { aProcess, type Process } from "../support/Process.ts"
import { aResult } from "../support/results.ts"
import { snapshot } from "../support/snapshot.ts"
import { asTimeGoesBy } from "../support/time.ts"

type Claim = Held["claim"]

const update = (server: Process, claim: Claim, progress: Option.Option<number> = Option.none()) =>
  server.jobs.update({ ...claim, progress, payload: undefined })

/** Every way to speak of a held job. */
const calls = (server: Process, claim: Claim) => {
  const result = aResult(server.world, 360)
  return {
    update: update(server, claim, Option.some(99)),
    fail: server.jobs.error({ ...claim, message: "no" }),
    abort: server.jobs.abort({ ...claim, reason: "stopped" }),
    succeed: server.jobs.success({ ...claim, payload: result.payload, release: result.release }),
    findProcessing: server.lease.findProcessing(claim),
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
        deepStrictEqual(
          outcomes,
          outcomes.map(() => "UnknownJob")
        )
      }
      deepStrictEqual(yield* snapshot(server.world), before)
      assert.strictEqual(yield* outcome(update(server, claim)), "ok")
    })
  )

  it.effect("forgets the token when the try ends without a result", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      yield* takeIn(server, { settings: { resolutions: [240, 360, 480] } })
      const endings = [
        (held: Held) => server.jobs.error({ ...held.claim, message: "no" }),
        (held: Held) => server.jobs.abort({ ...held.claim, reason: "stopped" }),
        (held: Held) => server.admin.cancel(held.job.id)
      ]
      for (const end of endings) {
        const held = yield* acceptNext(server, runner)
        yield* end(held)
        const before = yield* snapshot(server.world)
        const outcomes = yield* outcomesOf(server, held.claim)
        deepStrictEqual(
          outcomes,
          outcomes.map(() => "UnknownJob")
        )
        deepStrictEqual(yield* snapshot(server.world), before)
      }
    })
  )

  it.effect("keeps it after the result: ignores late reports, and refuses all other calls", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("FileStorage.adopt")
      const server = yield* aProcess(gate)
      const { held } = yield* aHeldJob(server)
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
        deepStrictEqual(yield* outcomesOf(server, held.claim), ["ok", ...tooLate])
        const after = jobOf(server.world, held.job.id)
        deepStrictEqual({ ...after, revision: 0 }, { ...before, revision: 0 })
      }
    })
  )
})
