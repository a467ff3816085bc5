import { deepStrictEqual } from "@effect/vitest/utils"
import { JobQueue, JobStore } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { aJob } from "../fixtures.ts"
import { assertJobs, later, type StoreCases } from "../stores.ts"
import { claim, freshType } from "./claim.ts"

const [acme, other] = [Option.some("acme"), Option.some("other")]

/** Contract of the turns of tenants, and of tenants and labels at their limits. */
export const tenantCases: StoreCases = (it) => {
  it.effect("lists jobs by the turns of their tenants, others first, urgent types before all", () =>
    Effect.gen(function* () {
      const [type, live] = [freshType("turns"), freshType("urgent")]
      const jobs = [
        aJob({ type, tenant: acme }),
        aJob({ type, tenant: other, priority: 3 }),
        aJob({ type, tenant: other, priority: 2, notBefore: Option.some(later(-5)) }),
        aJob({ type, priority: 1 }),
        aJob({ type, tenant: Option.some("new"), priority: 9 }),
        aJob({ type: live, tenant: acme, priority: 8 })
      ] as const
      const [ofAcme, ofOther, rested, ofNobody, ofNew, urgent] = jobs
      yield* (yield* JobStore.JobStore).insert(jobs)
      const turns = [other, Option.none(), acme]
      const query = { types: [type, live], kept: true }
      assertJobs(yield* claim({ ...query, turns }), [ofNew, rested, ofOther, ofNobody, ofAcme, urgent])
      assertJobs(yield* claim({ ...query, turns: [acme], urgent: [live] }), [
        ...[urgent, ofNobody, rested, ofOther],
        ...[ofNew, ofAcme]
      ])
      assertJobs(yield* claim({ ...query, types: [type] }), [ofAcme, ofNobody, rested, ofOther, ofNew])
    })
  )

  it.effect("leaves out tenants and labels at their limits", () =>
    Effect.gen(function* () {
      const type = freshType("full")
      const jobs = [
        aJob({ type, tenant: acme, priority: 1 }),
        aJob({ type, priority: 2 }),
        aJob({ type, labels: ["fast", "gpu"], priority: 3 }),
        aJob({ type, tenant: other, labels: ["gpu"], priority: 4 }),
        aJob({ type, tenant: acme, notBefore: Option.some(later(-5)), priority: 5 })
      ] as const
      const [ofAcme, ofNobody, fast, gpu, rested] = jobs
      yield* (yield* JobStore.JobStore).insert(jobs)
      const query = { types: [type], labels: ["fast", "gpu"], kept: true }
      const shown = (tenants: ReadonlyArray<Option.Option<string>>, labels: ReadonlyArray<string>) =>
        claim({ ...query, full: { tenants, labels } })
      assertJobs(yield* shown([], []), [ofAcme, ofNobody, fast, gpu, rested])
      assertJobs(yield* shown([acme], []), [ofNobody, fast, gpu])
      assertJobs(yield* shown([Option.none()], []), [ofAcme, gpu, rested])
      assertJobs(yield* shown([other, Option.some("unknown")], ["fast"]), [ofAcme, ofNobody, rested])
      assertJobs(yield* shown([acme, other, Option.none()], ["gpu"]), [])
      const { available } = yield* JobQueue.JobQueue
      const counted = (tenants: ReadonlyArray<Option.Option<string>>, ...full: ReadonlyArray<string>) =>
        Effect.map(available({ types: [type], at: later(1_000_000), full: { tenants, labels: full } }), (kinds) =>
          kinds.reduce((sum, kind) => sum + kind.jobs, 0)
        )
      deepStrictEqual(
        [yield* counted([]), yield* counted([acme]), yield* counted([other, Option.none()]), yield* counted([], "gpu")],
        [5, 3, 2, 3]
      )
    })
  )
}
