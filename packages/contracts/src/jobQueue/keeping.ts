import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { JobStore } from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { aJob } from "../fixtures.ts"
import { idsOf, later, type StoreCases } from "../stores.ts"
import { claim, freshType, runnerId } from "./claim.ts"

/** Inserts pending jobs of a unique type. */
const waitingJobs = (count: number) =>
  Effect.gen(function* () {
    const type = freshType("kept")
    const jobs = Arr.makeBy(count, () => aJob({ type }))
    yield* (yield* JobStore.JobStore).insert(jobs)
    const claimBy = (number: number, at = 0) =>
      Effect.map(claim({ types: [type], runnerId: runnerId(number), at: later(at) }), idsOf)
    return { type, jobs, ids: idsOf(jobs), claimBy }
  })

/** Contract of claim's reservations: their duration and their runner. */
export const keepingCases: StoreCases = (it) => {
  it.effect("lists a different first job to each runner, and the same one to the same runner", () =>
    Effect.gen(function* () {
      const { claimBy, ids } = yield* waitingJobs(3)
      deepStrictEqual(yield* claimBy(1), ids)
      deepStrictEqual(yield* claimBy(2), ids.slice(1))
      deepStrictEqual(yield* claimBy(3), ids.slice(2))
      deepStrictEqual(yield* claimBy(4), [])
      deepStrictEqual(yield* claimBy(1), ids.slice(0, 1))
      deepStrictEqual(yield* claimBy(2), ids.slice(1, 2))
    })
  )

  it.effect("lists different first jobs to concurrent runners", () =>
    Effect.gen(function* () {
      const { claimBy } = yield* waitingJobs(40)
      const shown = yield* Effect.forEach(Arr.range(1, 20), (number) => claimBy(number), { concurrency: "unbounded" })
      assert.strictEqual(new Set(shown.map(([first]) => first)).size, 20)
    })
  )

  it.effect("lists the only job to one of many concurrent runners", () =>
    Effect.gen(function* () {
      const { claimBy, ids } = yield* waitingJobs(1)
      const shown = yield* Effect.forEach(Arr.range(1, 20), (number) => claimBy(number), { concurrency: "unbounded" })
      deepStrictEqual(shown.filter(Arr.isNonEmptyReadonlyArray), [ids])
    })
  )

  it.effect("reserves a job until the given time, then for the next runner, and never twice for the same one", () =>
    Effect.gen(function* () {
      const { claimBy, ids } = yield* waitingJobs(1)
      deepStrictEqual(yield* claimBy(1), ids)
      deepStrictEqual(yield* claimBy(2, 1999), [])
      deepStrictEqual(yield* claimBy(1, 2000), ids, "listed again, but not reserved")
      deepStrictEqual(yield* claimBy(2, 2000), ids)
      deepStrictEqual(yield* claimBy(1, 2000), [])
      deepStrictEqual(yield* claimBy(3, 4000), ids)
    })
  )

  it.effect("ends the reservation of a job with its next commit", () =>
    Effect.gen(function* () {
      const { claimBy, ids, jobs } = yield* waitingJobs(1)
      const store = yield* JobStore.JobStore
      yield* claimBy(1)
      yield* store.commit([{ ...jobs[0], failures: 1 }])
      deepStrictEqual(yield* claimBy(2), ids)
    })
  )

  it.effect("lists reserved jobs on demand, without excluded ones", () =>
    Effect.gen(function* () {
      const { claimBy, ids, type } = yield* waitingJobs(2)
      yield* claimBy(1)
      const query = { types: [type], runnerId: runnerId(3), at: later(0), kept: true }
      deepStrictEqual(idsOf(yield* claim({ ...query, except: ids.slice(0, 1) })), ids.slice(1))
      deepStrictEqual(idsOf(yield* claim(query)), ids)
    })
  )

  it.effect("changes no revision and no result of later reads", () =>
    Effect.gen(function* () {
      const { claimBy, jobs } = yield* waitingJobs(1)
      const store = yield* JobStore.JobStore
      yield* claimBy(1)
      deepStrictEqual(yield* store.family(jobs[0].id), jobs)
      yield* store.commit([{ ...jobs[0], runnerId: Option.none() }])
    })
  )

  it.effect("lists only jobs whose requirements the runner meets", () =>
    Effect.gen(function* () {
      const type = freshType("tasks")
      const requiring = (...requirements: ReadonlyArray<string>) => aJob({ type, requirements })
      const [plain, cut, both] = [requiring(), requiring("cut"), requiring("cut", "add-intro")]
      yield* (yield* JobStore.JobStore).insert([both, cut, plain])
      const shown = (...requirements: ReadonlyArray<string>) =>
        Effect.map(claim({ types: [type], requirements, runnerId: runnerId(1) }), idsOf)
      deepStrictEqual(yield* shown("cut"), idsOf([cut, plain]))
      deepStrictEqual(yield* shown("add-intro", "cut", "unknown"), idsOf([both, cut, plain]))
      deepStrictEqual(yield* shown(), idsOf([plain]))
    })
  )

  it.effect("lists the best job of every type, even when another type has many better ones", () =>
    Effect.gen(function* () {
      const [many, few, last] = [freshType("many"), freshType("few"), freshType("last")]
      const better = Arr.makeBy(26, () => aJob({ type: many, priority: 1 }))
      const [one, two] = [aJob({ type: few, priority: 5 }), aJob({ type: few, priority: 5 })]
      const worst = aJob({ type: last, priority: 9 })
      yield* (yield* JobStore.JobStore).insert([worst, one, two, ...better])
      const expected = [...better.slice(0, 8), one, worst]
      deepStrictEqual(idsOf(yield* claim({ types: [last, many, few] })), idsOf(expected))
    })
  )
}
