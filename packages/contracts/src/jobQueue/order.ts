import { deepStrictEqual } from "@effect/vitest/utils"
import { JobStore, JobsOfVideo, RunnerJob } from "@runner-connector/core"
import { Array as Arr, DateTime, Effect, Option } from "effect"
import { aJob, someMoment } from "../fixtures.ts"
import { assertJobs, idsOf, later, type StoreCases } from "../stores.ts"
import { claim, freshType } from "./claim.ts"

/** Contract of claim's order and filters. */
export const orderCases: StoreCases = (it) => {
  it.effect("lists available jobs by priority, ties by age, further ties in insertion order", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const type = freshType("order")
      const jobs = Arr.map([5, -1, 5, 0, -1, 5], (priority) => aJob({ type, priority, createdAt: later(0) }))
      for (const job of jobs) yield* store.insert([job])
      const [a, b, c, d, e, f] = jobs
      const older = aJob({ type, priority: 5, createdAt: later(-1) })
      yield* store.insert([older])
      const expected = [b, e, d, older, a, c, f] as typeof jobs
      assertJobs(yield* claim({ types: [type], limit: 10, at: later(1000) }), expected)
    })
  )

  it.effect("lists a job before those of a higher priority that were created much later", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const type = freshType("aged")
      const created = (hours: number, priority: number) =>
        aJob({ type, priority, createdAt: DateTime.add(someMoment, { hours }) })
      const normal = 100
      const low = normal + JobsOfVideo.LEVEL
      const expected = [created(23, normal), created(0, low), created(25, normal), created(23, low)] as const
      const [soon, old, late, last] = expected
      yield* store.insert([last, late, soon, old])
      const query = { types: [type], at: DateTime.add(someMoment, { hours: 30 }), kept: true }
      assertJobs(yield* claim(query), expected)
      yield* store.commit([{ ...last, priority: normal - JobsOfVideo.LEVEL }])
      deepStrictEqual(idsOf(yield* claim(query)), idsOf([last, soon, old, late]))
    })
  )

  it.effect("keeps the order of jobs inserted together", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const type = freshType("together")
      const jobs = Arr.makeBy(30, () => aJob({ type }))
      yield* store.insert(jobs)
      deepStrictEqual(idsOf(yield* claim({ types: [type], limit: 100, at: later(1000) })), idsOf(jobs))
    })
  )

  it.effect("keeps the position of a job after an update", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const type = freshType("place")
      const [first, second] = [aJob({ type }), aJob({ type })]
      yield* store.insert([first, second])
      yield* store.commit([{ ...first, failures: 1, updatedAt: later(5) }])
      deepStrictEqual(idsOf(yield* claim({ types: [type], limit: 9, at: later(1000) })), [first.id, second.id])
    })
  )

  it.effect("lists only pending jobs of the requested types", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const [wanted, also, unwanted] = [freshType("wanted"), freshType("also"), freshType("unwanted")]
      const inAllStates = Arr.map(RunnerJob.JobState.literals, (state) => aJob({ type: wanted, state }))
      const urgent = aJob({ type: also, priority: -1 })
      yield* store.insert([...inAllStates, aJob({ type: unwanted }), urgent] as Arr.NonEmptyArray<typeof urgent>)
      const pending = inAllStates.filter((job) => job.state === "Pending")
      assertJobs(yield* claim({ types: [wanted, also], limit: 10, at: later(1000) }), [urgent, ...pending])
      assertJobs(yield* claim({ types: [wanted], limit: 10, at: later(1000) }), pending)
    })
  )

  it.effect("lists a job in backoff from its retry time on, at its old position", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const type = freshType("rest")
      const [first, resting, last] = [
        aJob({ type, priority: 1 }),
        aJob({ type, priority: 2, notBefore: Option.some(later(50)) }),
        aJob({ type, priority: 3 })
      ]
      yield* store.insert([first, resting, last])
      const at = (milliseconds: number) =>
        Effect.map(claim({ types: [type], limit: 10, at: later(milliseconds) }), idsOf)
      const withoutIt = idsOf([first, last])
      deepStrictEqual(yield* at(0), withoutIt)
      deepStrictEqual(yield* at(49), withoutIt)
      deepStrictEqual(yield* at(50), idsOf([first, resting, last]))
      deepStrictEqual(yield* at(1000), idsOf([first, resting, last]))
      const limited = claim({ types: [type], limit: 2, at: later(0) })
      deepStrictEqual(idsOf(yield* limited), withoutIt, "a job in backoff does not count towards the limit")
      yield* store.commit([{ ...first, notBefore: Option.some(later(80)) }])
      yield* store.commit([{ ...resting, notBefore: Option.none() }])
      deepStrictEqual(yield* at(0), idsOf([resting, last]))
    })
  )

  it.effect("lists no job that is not pending, even after its retry time", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const type = freshType("rest elsewhere")
      const states = RunnerJob.JobState.literals.filter((state) => state !== "Pending")
      yield* store.insert(
        Arr.map(states, (state) =>
          aJob({ type, state, notBefore: Option.some(later(-50)) })
        ) as unknown as Arr.NonEmptyArray<RunnerJob.RunnerJob>
      )
      assertJobs(yield* claim({ types: [type], limit: 100, at: later(1000) }), [])
    })
  )

  it.effect("lists a job once when its type is requested twice", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const job = aJob({ type: freshType("twice") })
      yield* store.insert([job])
      assertJobs(yield* claim({ types: [job.type, job.type], limit: 10, at: later(1000) }), [job])
    })
  )

  it.effect("lists the best jobs of all types up to the limit", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const types = Arr.makeBy(3, (i) => freshType(`limit${i}`))
      const jobs = Arr.makeBy(30, (i) => aJob({ type: types[i % 3] as string, priority: 29 - i }))
      yield* store.insert(jobs)
      const best = Arr.reverse(jobs).slice(0, 5)
      assertJobs(yield* claim({ types, limit: 5 }), best)
      assertJobs(yield* claim({ types, limit: 0 }), [])
    })
  )

  it.effect("lists nothing for an empty list of types", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      yield* store.insert([aJob()])
      assertJobs(yield* claim({ types: [], limit: 10, at: later(1000) }), [])
    })
  )
}
