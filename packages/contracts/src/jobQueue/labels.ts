import { deepStrictEqual } from "@effect/vitest/utils"
import { JobQueue, JobStore } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { aJob } from "../fixtures.ts"
import { assertJobs, later, type StoreCases } from "../stores.ts"
import { claim, freshType, runnerId } from "./claim.ts"

/** Contract of the labels that jobs require. */
export const labelCases: StoreCases = (it) => {
  it.effect("lists only jobs whose labels the runner has, in the order of all", () =>
    Effect.gen(function* () {
      const type = freshType("labels")
      const jobs = [
        aJob({ type, labels: ["fast", "gpu"] }),
        aJob({ type }),
        aJob({ type, labels: ["gpu"] }),
        aJob({ type, labels: ["gpu"], notBefore: Option.some(later(-5)) }),
        aJob({ type, labels: ["fast"], priority: -1 })
      ] as const
      const [both, free, gpu, rested, fast] = jobs
      yield* (yield* JobStore.JobStore).insert(jobs)
      const by = (number: number, labels: ReadonlyArray<string>, options: Partial<JobQueue.ClaimQuery> = {}) =>
        claim({ types: [type], runnerId: runnerId(number), labels, kept: true, ...options })
      assertJobs(yield* by(1, []), [free])
      assertJobs(yield* by(2, ["gpu"]), [free, gpu, rested])
      assertJobs(yield* by(3, ["site-berlin", "fast"]), [fast, free])
      assertJobs(yield* by(4, ["fast", "gpu"]), [fast, both, free, gpu, rested])
      assertJobs(yield* by(5, ["fast", "gpu"], { except: [fast.id], limit: 2 }), [both, free])
    })
  )

  it.effect("finds the few jobs of a runner behind many that need a label", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const type = freshType("behind")
      const others = Array.from({ length: 50 }, () => aJob({ type, labels: ["gpu"] }))
      const own = aJob({ type, priority: 5 })
      yield* store.insert([own, ...others])
      assertJobs(yield* claim({ types: [type] }), [own])
      yield* store.commit([{ ...own, labels: ["gpu"] }])
      assertJobs(yield* claim({ types: [type], kept: true }), [])
    })
  )

  it.effect("keeps jobs from the runners that they avoid, and lists these jobs", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const { avoiding } = yield* JobQueue.JobQueue
      const type = freshType("avoided")
      const avoided = [runnerId(1), runnerId(12)]
      const [one, two] = [aJob({ type, avoided }), aJob({ type })]
      const rests = aJob({ type, avoided: [runnerId(2)], notBefore: Option.some(later(-5)) })
      const ended = aJob({ type, avoided, state: "Errored" })
      yield* store.insert([one, two, rests, ended])
      const by = (number: number) => claim({ types: [type], runnerId: runnerId(number), kept: true })
      assertJobs(yield* by(1), [two, rests])
      assertJobs(yield* by(2), [one, two])
      assertJobs(yield* by(3), [one, two, rests])
      const listed = (yield* avoiding).filter((job) => job.type === type)
      assertJobs(listed, [one, rests])
      yield* store.commit([{ ...one, avoided: [] }])
      assertJobs(
        (yield* avoiding).filter((job) => job.type === type),
        [rests]
      )
    })
  )

  it.effect("counts the jobs of each set of labels, and of all tenants together", () =>
    Effect.gen(function* () {
      const type = freshType("counted labels")
      const tenant = Option.some("acme")
      yield* (yield* JobStore.JobStore).insert([
        aJob({ type, labels: ["gpu"], updatedAt: later(3) }),
        aJob({ type, labels: ["gpu"], tenant, priority: 7, updatedAt: later(1) }),
        aJob({ type, labels: ["gpu"], tenant, notBefore: Option.some(later(50)), updatedAt: later(2) }),
        aJob({ type, tenant, updatedAt: later(4) })
      ])
      const found = yield* (yield* JobQueue.JobQueue).available({ types: [type], at: later(100) })
      deepStrictEqual(
        found.toSorted((a, b) => a.jobs - b.jobs),
        [
          { type, requirements: [], labels: [], jobs: 1, since: later(4) },
          { type, requirements: [], labels: ["gpu"], jobs: 3, since: later(1) }
        ]
      )
    })
  )
}
