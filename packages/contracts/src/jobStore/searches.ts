import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { JobStore, RunnerJob, RunnerStore } from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { aJob, aJobId, aRegisteredRunner } from "../fixtures.ts"
import { allPages, assertJobs, idsOf, later, type StoreCases } from "../stores.ts"

type Filter = Omit<JobStore.JobFilter, "start" | "count">

const list = (filter: Filter) =>
  Effect.flatMap(JobStore.JobStore, (store) => store.list({ ...filter, start: 0, count: 100 }))

const listed = (filter: Filter) => Effect.map(list(filter), ({ data }) => data)

const freshType = (name: string): string => `${name} ${crypto.randomUUID()}`

/** Contract of list's sorting: per column, the values in insertion order and both sort orders by index. */
const sorts: Readonly<
  Record<
    JobStore.JobColumn,
    readonly [
      jobs: ReadonlyArray<Partial<RunnerJob.RunnerJob>>,
      ascending: ReadonlyArray<number>,
      descending: ReadonlyArray<number>
    ]
  >
> = {
  createdAt: [[2, 1, 3, 1].map((ms) => ({ createdAt: later(ms) })), [1, 3, 0, 2], [2, 0, 1, 3]],
  updatedAt: [[2, 1, 3, 1].map((ms) => ({ updatedAt: later(ms) })), [1, 3, 0, 2], [2, 0, 1, 3]],
  priority: [[10, -5, 9, 10].map((priority) => ({ priority })), [1, 2, 0, 3], [0, 3, 2, 1]],
  state: [
    (["Completing", "Completed", "Pending", "Errored", "Completed"] as const).map((state) => ({ state })),
    [2, 1, 4, 3, 0],
    [0, 3, 1, 4, 2]
  ],
  progress: [
    [Option.some(9), Option.none(), Option.some(100), Option.some(0), Option.none()].map((progress) => ({ progress })),
    [3, 0, 2, 1, 4],
    [2, 0, 3, 1, 4]
  ]
}

const sorting: StoreCases = (it) => {
  for (const [by, [overrides, ...orders]] of Object.entries(sorts)) {
    it.effect(`sorts by ${by} in both directions, ties in insertion order`, () =>
      Effect.gen(function* () {
        const store = yield* JobStore.JobStore
        const types = [freshType(by)]
        const jobs = overrides.map((one) => aJob({ type: types[0] ?? "", ...one }))
        for (const job of jobs) yield* store.insert([job])
        for (const [index, order] of orders.entries()) {
          const sort = { by: by as JobStore.JobColumn, descending: index === 1 }
          const expected = order.flatMap((i) => jobs[i]?.id ?? [])
          deepStrictEqual(idsOf(yield* listed({ types, sort })), expected)
          const pages = yield* allPages((page) => store.list({ types, sort, ...page }), 2)
          deepStrictEqual(
            pages.flatMap(({ data }) => idsOf(data)),
            expected
          )
        }
      })
    )
  }

  it.effect("sorts states in their declared order", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const types = [freshType("states")]
      const states = RunnerJob.JobState.literals
      const jobs = Arr.map(Arr.reverse(states), (state) => aJob({ type: types[0] ?? "", state }))
      yield* store.insert(jobs)
      const sorted = yield* listed({ types, sort: { by: "state", descending: false } })
      deepStrictEqual(
        sorted.map(({ state }) => state),
        [...states]
      )
    })
  )
}

const finding: StoreCases = (it) => {
  it.effect("finds one job by its id", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const job = aJob()
      yield* store.insert([job, aJob()])
      assertJobs(yield* listed({ id: job.id }), [job])
      assertJobs(yield* listed({ id: job.id, states: ["Errored"] }), [])
      deepStrictEqual(yield* list({ id: aJobId() }), { total: 0, data: [] })
    })
  )

  it.effect("finds jobs by a label that runners must have", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const label = `label-${crypto.randomUUID()}`
      const [both, one] = [aJob({ labels: ["fast", label] }), aJob({ labels: [label], state: "Errored" })]
      yield* store.insert([both, one, aJob({ labels: [`${label}-x`] }), aJob()])
      assertJobs(yield* listed({ label }), [one, both])
      assertJobs(yield* listed({ label, states: ["Errored"] }), [one])
      assertJobs(yield* listed({ label: `${label}-y` }), [])
    })
  )

  it.effect("searches type and runner name, ignoring case, and returns the total", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const mark = crypto.randomUUID().slice(0, 13)
      const named = yield* aRegisteredRunner({ name: `The Big ONE ${mark}` })
      const other = yield* aRegisteredRunner()
      const byType = aJob({ type: `some-${mark}-type` })
      const byRunner = aJob({ state: "Errored", runnerId: Option.some(named.id) })
      const byBoth = aJob({ type: mark, runnerId: Option.some(named.id) })
      yield* store.insert([byType, byRunner, byBoth, aJob({ runnerId: Option.some(other.id) }), aJob()])
      const found = yield* list({ text: mark })
      assertJobs(found.data, [byBoth, byRunner, byType])
      assert.strictEqual(found.total, 3)
      assertJobs(yield* listed({ text: `big one ${mark.toUpperCase()}` }), [byBoth, byRunner])
      assertJobs(yield* listed({ text: `SOME-${mark}` }), [byType])
      assertJobs(yield* listed({ text: mark, states: ["Errored"] }), [byRunner])
      yield* (yield* RunnerStore.RunnerStore).remove(named.id)
      deepStrictEqual(idsOf(yield* listed({ text: mark })), [byBoth.id, byType.id])
    })
  )

  it.effect("searches literally, without wildcards", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const mark = crypto.randomUUID()
      const odd = `${mark} 100% _sure_ \\d* 'ünïcödé' 🦦`
      const job = aJob({ type: odd })
      yield* store.insert([job, aJob({ type: `${mark} 1000 xsurey d` })])
      for (const text of [odd, `${mark} 100%`, `${mark} 100% _`, `${odd.slice(0, -2)}🦦`]) {
        assertJobs(yield* listed({ text }), [job])
      }
      for (const text of [`${mark}%sure`, `${mark} 100_`, `${mark}.*`, `${mark}\\`]) {
        assertJobs(yield* listed({ text }), [])
      }
    })
  )
}

const parents: StoreCases = (it) => {
  it.effect("returns the dependency of each job", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const types = [freshType("parents")]
      const type = types[0] ?? ""
      const parent = aJob({ type, state: "Errored" })
      const parentId = Option.some(parent.id)
      const [one, two] = [aJob({ type, parentId }), aJob({ type, parentId })]
      const orphan = aJob({ type, parentId: Option.some(aJobId()) })
      yield* store.insert([parent, one, two, orphan])
      const found = yield* listed({ types })
      assertJobs(found, [orphan, two, one, parent])
      const [none, first, second, top] = found.map((job) => job.parent)
      deepStrictEqual([none, top], [Option.none(), Option.none()])
      const number = Option.map(first ?? Option.none(), (told) => told.number)
      assert.isTrue(Option.exists(number, Number.isSafeInteger))
      const told = Option.map(number, (number) => ({ number, id: parent.id, type, state: "Errored" as const }))
      deepStrictEqual([first, second], [told, told])
      yield* store.commit([{ ...parent, priority: 3 }])
      deepStrictEqual((yield* listed({ types }))[1]?.parent, told)
    })
  )
}

/** Contract of list's filters, searches and sorting. */
export const searchCases: StoreCases = (it) => {
  sorting(it)
  finding(it)
  parents(it)
}
