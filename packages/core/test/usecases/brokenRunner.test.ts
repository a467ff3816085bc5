import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option, TestClock } from "effect"
import { accept, jobsOf, register, request, succeed, takeIn } from "../support/actions.ts"
import { aProcess, type Process } from "../support/Process.ts"

const VIDEOS = 27
/** Ticks of ten seconds that a job takes. */
const DURATION = 6
/** Attempts of the broken runner within a tick. It fails after a few seconds. */
const TRIES = 2

type Registered = Effect.Effect.Success<ReturnType<typeof register>>

/** A runner that completes each job after a minute. */
const aHealthyRunner = (server: Process, name: string) =>
  Effect.map(register(server, name), (runner) => {
    let held: { readonly lease: Effect.Effect.Success<ReturnType<typeof accept>>; readonly until: number } | undefined
    return (tick: number) =>
      Effect.gen(function* () {
        if (held !== undefined && held.until > tick) return
        if (held !== undefined) yield* succeed(server, held.lease)
        const [first] = yield* request(server, runner)
        held =
          first === undefined ? undefined : { lease: yield* accept(server, runner, first.id), until: tick + DURATION }
      })
  })

const failSoon = (server: Process, runner: Registered) => {
  const attempt = Effect.gen(function* () {
    const [first] = yield* request(server, runner)
    if (first === undefined) return
    const { claim } = yield* accept(server, runner, first.id)
    yield* server.jobs.error({ ...claim, message: "no encoder" })
  })
  return Effect.repeatN(attempt, TRIES - 1)
}

/** The ticks until nine healthy runners have completed everything, with or without a broken one. */
const ticksOf = (broken: boolean) =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const healthy = yield* Effect.forEach(
      Array.from({ length: 9 }, (_, n) => `healthy ${n}`),
      (name) => aHealthyRunner(server, name)
    )
    const failing = broken ? Option.some(yield* register(server, "broken")) : Option.none()
    for (let n = 0; n < VIDEOS; n += 1) yield* takeIn(server, { destination: `videos/${n}` })
    let tick = 0
    while (jobsOf(server.world).some(({ state }) => state !== "Completed")) {
      if (Option.isSome(failing)) yield* failSoon(server, failing.value)
      for (const act of healthy) yield* act(tick)
      yield* TestClock.adjust("10 seconds")
      tick += 1
      assert.isBelow(tick, 500)
    }
    return { ticks: tick, jobs: jobsOf(server.world), server }
  })

describe("one broken runner among ten", () => {
  it.effect("costs less than 5 % of the throughput, and no job", () =>
    Effect.gen(function* () {
      const without = yield* ticksOf(false)
      const { jobs, server, ticks } = yield* ticksOf(true)
      assert.isAtMost(ticks * 0.95, without.ticks)
      deepStrictEqual(new Set(jobs.map(({ state }) => state)), new Set(["Completed"]))
      const failed = jobs.flatMap(({ attempts }) => attempts.filter(({ runner }) => runner === "broken"))
      assert.isAbove(failed.length, 0)
      assert.isTrue(jobs.every(({ failures }) => failures <= 1))
      const [runner] = (yield* server.runners.list({ start: 0, count: 1 })).data
      assert.strictEqual(runner?.name, "broken")
      const reason = Option.map(runner?.health.quarantine ?? Option.none(), (one) => one.reason)
      assert.match(
        Option.getOrElse(reason, () => ""),
        /failed in a row while other runners succeeded/
      )
    })
  )
})
