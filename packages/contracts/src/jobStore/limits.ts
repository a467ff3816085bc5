import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { type ConcurrencyLimits, JobQueue, JobStore, type RunnerJob } from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { aJob } from "../fixtures.ts"
import { later, type StoreCases } from "../stores.ts"

const fresh = (name: string) => `${name}-${crypto.randomUUID().slice(0, 8)}`

const started = (job: RunnerJob.RunnerJob): RunnerJob.RunnerJob => ({
  ...job,
  state: "Processing",
  startedAt: Option.some(later(0))
})

/** Starts the jobs at the same moment. Returns how many started. */
const startAll = (jobs: ReadonlyArray<RunnerJob.RunnerJob>, limits: ConcurrencyLimits.ConcurrencyLimits) =>
  Effect.gen(function* () {
    const store = yield* JobStore.JobStore
    const attempts = yield* Effect.forEach(jobs, (job) => Effect.either(store.commit([started(job)], [], limits)), {
      concurrency: "unbounded"
    })
    for (const refusal of Arr.getLefts(attempts)) assert.strictEqual(refusal._tag, "JobConflict")
    return Arr.getRights(attempts).length
  })

/** Contract of commits that start jobs under limits. */
export const limitCases: StoreCases = (it) => {
  it.effect("starts no more jobs than a limit permits, however many are written at once", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const [acme, gpu] = [fresh("acme"), fresh("gpu")]
      const jobs = Arr.makeBy(20, (n) => aJob({ tenant: Option.some(acme), labels: n % 2 === 0 ? [gpu] : [] }))
      const others = Arr.makeBy(4, () => aJob({ tenant: Option.some(fresh("other")), labels: [gpu] }))
      yield* store.insert([...jobs, ...others])
      const limits = { tenants: { [acme]: 3 }, labels: { [gpu]: 4 } }
      assert.strictEqual(yield* startAll(jobs, limits), 3)
      const { running } = yield* JobQueue.JobQueue
      const own = (yield* running).filter(({ tenant }) => Option.contains(tenant, acme))
      assert.strictEqual(
        own.reduce((sum, some) => sum + some.jobs, 0),
        3
      )
      const withLabel = own.find(({ labels }) => labels.includes(gpu))?.jobs ?? 0
      assert.strictEqual(yield* startAll(others, limits), Math.min(4, 4 - withLabel))
    })
  )

  it.effect("starts a further job when one has ended, and writes under other limits at any time", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const name = fresh("acme")
      const tenant = Option.some(name)
      const limits = { tenants: { [name]: 1 }, labels: {} }
      const jobs = [aJob({ tenant }), aJob({ tenant }), aJob()] as const
      const [one, two, other] = jobs
      yield* store.insert(jobs)
      deepStrictEqual([yield* startAll([one], limits), yield* startAll([two], limits)], [1, 0])
      assert.strictEqual(yield* startAll([other], limits), 1)
      yield* store.commit([{ ...started(one), state: "Completing", revision: 1 }], [], limits)
      assert.strictEqual(yield* startAll([two], limits), 1)
    })
  )
}
