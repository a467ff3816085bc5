import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option, TestClock } from "effect"
import { jobsOf, register, takeIn } from "../support/actions.ts"
import { type Behavior, broken, healthy } from "../support/brokenRunners.ts"
import { aProcess } from "../support/Process.ts"

const VIDEOS = 90

/** Lets nine healthy runners and the others work, until everything is completed. */
const course = (others: ReadonlyArray<Behavior>) =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const named = [
      ...others.map((behavior, n) => [`broken ${n}`, behavior] as const),
      ...Array.from({ length: 9 }, (_, n) => [`healthy ${n}`, healthy] as const)
    ]
    const acts = yield* Effect.forEach(named, ([name, behavior]) =>
      Effect.map(register(server, name), (runner) => behavior(server, runner))
    )
    for (let n = 0; n < VIDEOS; n += 1) yield* takeIn(server, { destination: `videos/${n}` })
    const completed: Array<number> = []
    const isOpen = () => jobsOf(server.world).some(({ state }) => state !== "Completed")
    for (let tick = 0; isOpen(); tick += 1) {
      for (const act of acts) yield* act(tick)
      yield* server.upkeep
      yield* TestClock.adjust("10 seconds")
      completed.push(jobsOf(server.world).filter(({ state }) => state === "Completed").length)
      assert.isBelow(tick, 500, JSON.stringify(jobsOf(server.world).map(({ state }) => state)))
    }
    return { completed, jobs: jobsOf(server.world), server }
  })

describe("one broken runner among ten", () => {
  for (const [name, behavior] of Object.entries(broken)) {
    for (const count of [1, 2]) {
      it.effect(`${count} ${name}`, () =>
        Effect.gen(function* () {
          const without = yield* course([])
          const { completed, jobs, server } = yield* course(Array.from({ length: count }, () => behavior))
          const half = Math.floor(without.completed.length / 2)
          const runners = (yield* server.runners.list({ start: 0, count: 10 })).data
          console.log(name, count, "kept", completed[half]! / without.completed[half]!, completed[Math.floor(half*1.6)]! / without.completed[Math.floor(half*1.6)]!, "ticks", completed.length, without.completed.length,
            "maxfail", Math.max(...jobs.map((j) => j.failures)), "maxstalls", Math.max(...jobs.map((j) => j.stalls)), "attempts", jobs.flatMap((j) => j.attempts.filter((a) => a.runner.startsWith("broken"))).length,
            runners.filter((r) => r.name.startsWith("broken")).map((r) => Option.getOrNull(Option.map(r.health.quarantine, (q) => q.reason)))
          )
        })
      )
    }
  }
})
