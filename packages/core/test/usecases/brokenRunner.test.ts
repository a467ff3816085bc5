import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { jobsOf } from "../support/actions.ts"
import { assertHarmless, reasons } from "../support/brokenRunners.ts"

describe("broken runners among others", () => {
  it.effect("cost less than 5 % of the throughput, and no job", () =>
    Effect.gen(function* () {
      const { server } = yield* assertHarmless("fails at once", 1)
      const jobs = jobsOf(server.world)
      const failed = jobs.flatMap(({ attempts }) => attempts.filter(({ runner }) => runner.startsWith("broken")))
      assert.isAbove(failed.length, 0)
      assert.isTrue(jobs.every(({ failures }) => failures <= 1))
    })
  )

  it.effect("are in quarantine when they send wrong results", () =>
    Effect.gen(function* () {
      const all = yield* reasons(yield* assertHarmless("sends garbage", 2))
      deepStrictEqual(all.length, 2)
      for (const reason of all) assert.match(reason, /failed in a row while other runners succeeded/)
    })
  )
})
