import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob } from "@runner-connector/contracts"
import { Array as Arr, Context, Effect, Option } from "effect"
import type { JobId } from "../../src/domain/Ids.ts"
import { LEVEL } from "../../src/domain/job/JobsOfVideo.ts"
import { WaitingFor } from "../../src/domain/job/WaitingFor.ts"
import { JobQueue } from "../../src/ports/JobQueue.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import { accept, register, request, takeIn } from "../support/actions.ts"
import { makeGate } from "../support/gate.ts"
import { aProcess, type Process, startProcess } from "../support/Process.ts"
import { makeWorld } from "../support/World.ts"

const [acme, other] = [Option.some("acme"), Option.some("other")]

const HLS = "vod-hls-transcoding"

/** Adds pending jobs of each tenant, all of the first one before those of the next. */
const fill = ({ world }: Process, ...jobs: ReadonlyArray<Parameters<typeof aJob>[0]>) =>
  Effect.gen(function* () {
    const made = jobs.flatMap((over) =>
      Arr.makeBy(8, () => aJob({ type: HLS, privatePayload: { videoId: crypto.randomUUID() }, ...over }))
    )
    yield* Context.get(world.ports, JobStore).insert(made as Arr.NonEmptyArray<(typeof made)[0]>)
    return made
  })

/** Lets new runners request and accept. Returns the tenants of the jobs that they got. */
const serve = (server: Process, runners: number, from = 0) =>
  Effect.forEach(Arr.range(from, from + runners - 1), (n) =>
    Effect.gen(function* () {
      const runner = yield* register(server, `runner ${n}`)
      const [first] = yield* request(server, runner)
      if (first === undefined) return "nothing"
      const held = yield* accept(server, runner, first.id)
      return Option.getOrElse(held.job.tenant, () => "nobody")
    })
  )

describe("tenants", () => {
  it.effect("share runners alike, jobs without a tenant as one of them", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      yield* fill(server, { tenant: acme }, { tenant: other }, {})
      const counts = Arr.groupBy(yield* serve(server, 9), (tenant) => tenant)
      deepStrictEqual(
        Object.values(counts).map((some) => some.length),
        [3, 3, 3]
      )
    })
  )

  it.effect("share runners by weight", () =>
    Effect.gen(function* () {
      const server = yield* aProcess({ settings: { tenantWeights: { other: 3 } } })
      yield* fill(server, { tenant: acme }, { tenant: other })
      const got = yield* serve(server, 8)
      assert.lengthOf(
        got.filter((tenant) => tenant === "other"),
        6
      )
    })
  )

  it.effect("wait for the lives of others", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      yield* fill(server, { tenant: acme })
      yield* serve(server, 2)
      const live = { type: "live-rtmp-hls-transcoding", tenant: acme, priority: LEVEL }
      yield* fill(server, { tenant: other }, live)
      const [first] = yield* request(server, yield* register(server, "next"))
      assert.strictEqual(first?.type, live.type)
    })
  )

  it.effect("wait for their limits, and explain it", () =>
    Effect.gen(function* () {
      const server = yield* aProcess({ settings: { tenantLimits: { acme: 2, "*": 1 }, labelLimits: { gpu: 1 } } })
      const jobs = yield* fill(server, { tenant: acme }, { tenant: other })
      const idle = yield* register(server, "idle")
      assert.lengthOf(yield* request(server, idle), 10)
      deepStrictEqual((yield* serve(server, 5)).toSorted(), ["acme", "acme", "nothing", "nothing", "other"])
      const reasons = yield* server.admin.explain(jobs.filter(({ state }) => state === "Pending"))
      deepStrictEqual(reasons.get(jobs[7]?.id as never), WaitingFor.TenantLimit({ tenant: acme, limit: 2 }))
      deepStrictEqual(reasons.get(jobs[15]?.id as never), WaitingFor.TenantLimit({ tenant: other, limit: 1 }))
    })
  )
})

describe("two servers", () => {
  it.effect("start no more jobs of a tenant than its limit permits, and give the second runner other work", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      // Both have read the jobs before either writes one.
      const gate = yield* makeGate("JobStore.commit", { opensAt: 2 })
      const options = { ...gate, settings: { tenantLimits: { acme: 1 } } }
      const [a, b] = [yield* startProcess(world, options), yield* startProcess(world, options)]
      yield* takeIn(a, { tenant: "acme" })
      yield* takeIn(a, { tenant: "other", destination: "videos/dog" })
      const [low, high] = Array.from(world.state.jobs.values()).map(({ id }) => id)
      const both = [
        { server: a, runner: yield* register(a, "one"), id: low },
        { server: b, runner: yield* register(b, "two"), id: high }
      ]
      const held = yield* Effect.forEach(both, ({ id, runner, server }) => accept(server, runner, id as JobId), {
        concurrency: 2
      })
      deepStrictEqual(held.map(({ job }) => Option.getOrThrow(job.tenant)).toSorted(), ["acme", "other"])
      const running = yield* Context.get(world.ports, JobQueue).running
      deepStrictEqual(
        running.map(({ jobs }) => jobs),
        [1, 1]
      )
    })
  )
})
