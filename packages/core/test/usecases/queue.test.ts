import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual, notDeepStrictEqual } from "@effect/vitest/utils"
import { aJob, aJobId } from "@runner-connector/contracts"
import { Context, Effect, Option, Redacted, TestClock } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import { accept, jobOf, register, request, takeIn } from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { makeGate } from "../support/gate.ts"
import { aProcess, nobody, type Process } from "../support/Process.ts"

const insert = ({ world }: Process, ...jobs: [RunnerJob, ...Array<RunnerJob>]) =>
  Context.get(world.ports, JobStore).insert(jobs)

const idsOf = Effect.map((jobs: ReadonlyArray<RunnerJob>) => jobs.map(({ id }) => id))

describe("request", () => {
  it.effect("shows pending jobs, lowest priority number first and then oldest, ten at most", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const late = aJob({ priority: 7 })
      const others = Array.from({ length: 10 }, () => aJob({ priority: 5 }))
      const urgent = aJob({ priority: 1 })
      yield* insert(server, late, ...others, urgent, aJob({ state: "Processing" }), aJob({ state: "WaitingForParent" }))
      const expected = [urgent, ...others].slice(0, 10).map(({ id }) => id)
      deepStrictEqual(yield* idsOf(request(server, runner)), expected)
    })
  )

  it.effect("shows the first job to no other runner for two seconds, and leases none", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const [a, b] = [yield* register(server, "a"), yield* register(server, "b")]
      yield* takeIn(server)
      const [first, second, ...others] = yield* idsOf(request(server, a))
      deepStrictEqual(yield* idsOf(request(server, b)), [second, ...others])
      deepStrictEqual(yield* idsOf(request(server, a)), [first, ...others])
      yield* TestClock.adjust("2 seconds")
      deepStrictEqual(yield* idsOf(request(server, b)), [first, second, ...others])
    })
  )

  it.effect("shows no edit to a runner that does not support one of its tasks", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const edit = (...requirements: ReadonlyArray<string>) => aJob({ type: "video-studio-transcoding", requirements })
      const [cut, removal, unknown] = [edit("cut"), edit("cut", "remove-segments"), edit("a task of the future")]
      yield* insert(server, unknown, removal, cut)
      const ask = (version: string) =>
        idsOf(
          server.jobs.request({
            runnerToken: runner.token,
            jobTypes: Option.none(),
            caller: { ...nobody, version: Option.some(version) }
          })
        )
      deepStrictEqual(yield* ask("0.4.0"), [removal.id, cut.id])
      deepStrictEqual(yield* ask("0.3.0"), [cut.id])
    })
  )

  it.effect("narrows the list to the requested types, and to the offered ones", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const known = aJob({ type: "vod-hls-transcoding" })
      yield* insert(server, known, aJob({ type: "not-offered-any-more" }))
      const ask = (types?: ReadonlyArray<string>) => idsOf(request(server, runner, types))
      deepStrictEqual(yield* ask(), [known.id])
      deepStrictEqual(yield* ask(["vod-hls-transcoding", "live-rtmp-hls-transcoding"]), [known.id])
      deepStrictEqual(yield* ask([]), [])
      deepStrictEqual(yield* ask(["not-offered-any-more", "never-heard-of"]), [])
    })
  )

  it.effect("is refused without a runner token", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const stranger = { name: "?", token: Redacted.make("ptrt-stranger") }
      assert.strictEqual(yield* outcome(request(server, stranger)), "UnknownRunner")
    })
  )
})

describe("accept", () => {
  it.effect("gives the job, its runner and a new token for each try", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      yield* takeIn(server, { settings: { resolutions: [360] } })
      const [first] = yield* request(server, runner)
      assert.isDefined(first)
      const call = { id: first.id, runnerToken: runner.token, caller: nobody }
      const one = yield* server.jobs.accept(call)
      assert.strictEqual(one.job.state, "Processing")
      assert.isTrue(Option.isSome(one.job.startedAt))
      assert.strictEqual(one.runner.name, runner.name)
      deepStrictEqual(one.job.runnerId, Option.some(one.runner.id))
      assert.match(Redacted.value(one.jobToken), /^ptrjt-[0-9a-f-]{36}$/)
      yield* server.jobs.abort({ ...call, jobToken: one.jobToken, reason: "stopped" })
      const two = yield* server.jobs.accept(call)
      assert.notStrictEqual(Redacted.value(two.jobToken), Redacted.value(one.jobToken))
      notDeepStrictEqual(two.job.jobTokenHash, one.job.jobTokenHash)
    })
  )

  it.effect("has one winner among twenty who have all seen the job pending, and calls the others again", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("JobStore.commit", { opensAt: 20 })
      const server = yield* aProcess(gate)
      const runners = yield* Effect.forEach(
        Array.from({ length: 20 }, (_, n) => `gpu-${n}`),
        (name) => register(server, name)
      )
      yield* takeIn(server, { settings: { resolutions: [360] } })
      const [job] = [...server.world.state.jobs.values()]
      assert.isDefined(job)
      const pings = server.world.pings
      const outcomes = yield* Effect.forEach(runners, (runner) => outcome(accept(server, runner, job.id)), {
        concurrency: "unbounded"
      })
      deepStrictEqual(outcomes.toSorted(), [...Array<string>(19).fill("JobTaken"), "ok"])
      assert.strictEqual(server.world.pings, pings + 19)
      const winner = yield* server.runners.authenticate(runners[outcomes.indexOf("ok")]?.token ?? Redacted.make(""))
      deepStrictEqual(jobOf(server.world, job.id).runnerId, Option.some(winner.id))
    })
  )

  it.effect("has one winner among twenty calls for the only job, and calls the losers again", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      yield* takeIn(server, { settings: { resolutions: [360] } })
      const [job] = yield* request(server, runner)
      assert.isDefined(job)
      const pings = server.world.pings
      const outcomes = yield* Effect.forEach(
        Array.from({ length: 20 }),
        () => outcome(accept(server, runner, job.id)),
        { concurrency: "unbounded" }
      )
      deepStrictEqual(outcomes.toSorted(), [...Array<string>(19).fill("JobTaken"), "ok"])
      assert.strictEqual(server.world.pings, pings + 19)
    })
  )

  it.effect("knows the runner before it looks at the job", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const stranger = { name: "?", token: Redacted.make("ptrt-stranger") }
      yield* takeIn(server)
      const [pending] = yield* request(server, runner)
      assert.isDefined(pending)
      assert.strictEqual(yield* outcome(accept(server, runner, aJobId())), "UnknownJob")
      assert.strictEqual(yield* outcome(accept(server, stranger, aJobId())), "UnknownRunner")
      assert.strictEqual(yield* outcome(accept(server, stranger, pending.id)), "UnknownRunner")
      assert.strictEqual(jobOf(server.world, pending.id).state, "Pending")
    })
  )
})
