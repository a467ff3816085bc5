import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Option } from "effect"
import {
  fullOf,
  hasLimits,
  isBeyond,
  JobLimit,
  limitsOf,
  noLimits,
  reachedLimit
} from "../../../src/domain/job/ConcurrencyLimits.ts"

const limits = { tenants: { acme: 2, "*": 3 }, labels: { gpu: 2 } }

const of = (tenant: string | undefined, ...labels: ReadonlyArray<string>) => ({
  tenant: Option.fromNullable(tenant),
  labels
})

const running = [
  { ...of("acme", "gpu"), jobs: 1 },
  { ...of("acme"), jobs: 1 },
  { ...of("other"), jobs: 2 },
  { ...of(undefined, "fast"), jobs: 3 }
]

describe("limits of concurrency", () => {
  it("are those of the tenant, or of every other tenant, and of the labels", () => {
    deepStrictEqual(limitsOf(of("acme", "fast", "gpu"), limits), [
      JobLimit.TenantLimit({ tenant: Option.some("acme"), limit: 2 }),
      JobLimit.LabelLimit({ label: "gpu", limit: 2 })
    ])
    deepStrictEqual(limitsOf(of(undefined), limits), [JobLimit.TenantLimit({ tenant: Option.none(), limit: 3 })])
    deepStrictEqual(limitsOf(of("toString", "toString"), { tenants: {}, labels: {} }), [])
    deepStrictEqual([hasLimits(limits), hasLimits(noLimits)], [true, false])
  })

  it("are reached by the jobs that run, of all labels or all tenants together", () => {
    const reached = (job: ReturnType<typeof of>) => reachedLimit(job, limits, running)
    deepStrictEqual(reached(of("acme")), Option.some(JobLimit.TenantLimit({ tenant: Option.some("acme"), limit: 2 })))
    deepStrictEqual(reached(of("other", "gpu")), Option.none())
    deepStrictEqual(reached(of(undefined)), Option.some(JobLimit.TenantLimit({ tenant: Option.none(), limit: 3 })))
    const two = [...running, { ...of("new", "gpu", "x"), jobs: 1 }]
    deepStrictEqual(
      reachedLimit(of("other", "gpu"), limits, two),
      Option.some(JobLimit.LabelLimit({ label: "gpu", limit: 2 }))
    )
    deepStrictEqual(fullOf(limits, two), { tenants: [Option.some("acme"), Option.none()], labels: ["gpu"] })
    deepStrictEqual(fullOf(noLimits, two), { tenants: [], labels: [] })
  })

  it("concern only writes that start a job", () => {
    const beyond = isBeyond(limits, running)
    assert.isTrue(beyond({ ...of("acme"), state: "Processing" }))
    assert.isFalse(beyond({ ...of("acme"), state: "Completing" }))
    assert.isFalse(beyond({ ...of("other"), state: "Processing" }))
  })
})
