import { deepStrictEqual } from "@effect/vitest/utils"
import { type Ids, JobStore, type Persistence } from "@runner-connector/core"
import { Array as Arr, DateTime, Effect, Option, Order } from "effect"
import { aJob, aJobId, aVideoId } from "../fixtures.ts"
import { allAfter, allPages, assertJobs, idsOf, later, type StoreCases } from "../stores.ts"

const freshType = (name: string): string => `${name} ${crypto.randomUUID()}`

/** Contract of ofVideo and list. */
export const listCases: StoreCases = (it) => {
  it.effect("returns all jobs of a video, and of several ones, in insertion order", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const id = aVideoId()
      const videoId = Option.some(id)
      const first = aJob({ videoId, state: "Completed", priority: 9, createdAt: later(10) })
      const [second, third] = [aJob({ videoId, parentId: Option.some(first.id) }), aJob({ videoId, priority: -9 })]
      const otherId = aVideoId()
      const other = aJob({ videoId: Option.some(otherId) })
      yield* store.insert([first, other, second])
      yield* store.insert([third, aJob()])
      yield* store.commit([first])
      deepStrictEqual(idsOf(yield* store.ofVideo(id)), idsOf([first, second, third]))
      deepStrictEqual(idsOf(yield* store.ofVideo(otherId, aVideoId(), id)), idsOf([first, other, second, third]))
      for (const none of [[], [aVideoId()]]) assertJobs(yield* store.ofVideo(...none), [])
    })
  )

  it.effect("lists the newest first, page by page, with the total", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const type = freshType("pages")
      const jobs = Arr.makeBy(7, (i) => aJob({ type, createdAt: later(i), priority: i % 2 }))
      yield* store.insert(jobs)
      const pages = yield* allPages((page) => store.list({ types: [type], ...page }), 3)
      deepStrictEqual(
        pages.map(({ data, total }) => [data.length, total]),
        [
          [3, 7],
          [3, 7],
          [1, 7]
        ]
      )
      assertJobs(
        pages.flatMap(({ data }) => data),
        Arr.reverse(jobs)
      )
    })
  )

  for (const sort of [undefined, { by: "createdAt", descending: true } as const]) {
    it.effect(`lists each job once behind another one, ${sort === undefined ? "by number" : "by creation"}`, () =>
      Effect.gen(function* () {
        const store = yield* JobStore.JobStore
        const type = freshType("behind")
        const states = ["Completed", "Pending", "Errored"] as const
        const jobs = Arr.makeBy(9, (i) =>
          aJob({ type, state: states[i % 3] ?? "Pending", createdAt: later(Math.floor(i / 2)) })
        )
        yield* store.insert(jobs)
        const filter = { types: [type], ...(sort === undefined ? {} : { sort }) }
        const before = yield* store.list({ ...filter, start: 0, count: 9 })
        const arrive = Effect.suspend(() => store.insert([aJob({ type, createdAt: later(100) })]))
        const rows = yield* allAfter(
          (page: Persistence.PageAfterRequest<Ids.JobId>) => store.list({ ...filter, ...page }),
          2,
          arrive
        )
        deepStrictEqual(idsOf(rows), idsOf(before.data))
        const [first] = rows
        const { data, total } = yield* store.list({ ...filter, after: first?.id ?? aJobId(), start: 1, count: 2 })
        deepStrictEqual([idsOf(data), total], [idsOf(rows.slice(2, 4)), 14])
        deepStrictEqual((yield* store.list({ ...filter, after: aJobId(), start: 0, count: 2 })).data, [])
      })
    )
  }

  it.effect("returns the total for an empty page and beyond the end", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const type = freshType("edges")
      yield* store.insert([aJob({ type }), aJob({ type })])
      deepStrictEqual(yield* store.list({ types: [type], start: 0, count: 0 }), { total: 2, data: [] })
      deepStrictEqual(yield* store.list({ types: [type], start: 2, count: 9 }), { total: 2, data: [] })
    })
  )

  it.effect("counts up to a limit, and tells when there are more", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const type = freshType("capped")
      yield* store.insert([aJob({ type }), aJob({ type }), aJob({ type })])
      const counted = (maxTotal: number) =>
        Effect.map(store.list({ types: [type], start: 0, count: 0, maxTotal }), ({ isTotalCapped, total }) => [
          total,
          isTotalCapped
        ])
      deepStrictEqual(yield* counted(2), [2, true])
      deepStrictEqual(yield* counted(3), [3, undefined])
    })
  )

  it.effect("pages through jobs of several states by their creation, in both directions", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const type = freshType("states")
      const states = ["Completed", "Pending", "Errored"] as const
      const jobs = Arr.makeBy(9, (i) =>
        aJob({ type, state: states[i % 3] ?? "Pending", createdAt: later(Math.floor(i / 2)) })
      )
      yield* store.insert(jobs)
      const wanted = jobs.filter(({ state }) => state !== "Errored")
      for (const descending of [true, false]) {
        const filter = {
          types: [type],
          states: ["Completed", "Pending"],
          sort: { by: "createdAt", descending }
        } as const
        const pages = yield* allPages((page) => store.list({ ...filter, ...page }), 2)
        const order = Order.mapInput(DateTime.Order, ({ createdAt }: (typeof jobs)[number]) => createdAt)
        assertJobs(
          pages.flatMap(({ data }) => data),
          Arr.sort(wanted, descending ? Order.reverse(order) : order)
        )
      }
    })
  )

  it.effect("filters by states and types, and ignores absent filters", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const [one, other] = [freshType("one"), freshType("other")]
      const jobs = [
        aJob({ type: one }),
        aJob({ type: one, state: "Errored" }),
        aJob({ type: other, state: "Errored" }),
        aJob({ type: other, state: "Completed" })
      ] as const
      const [pending, errored, otherErrored, completed] = jobs
      yield* store.insert(jobs)
      const list = (filter: Omit<Parameters<typeof store.list>[0], "start" | "count">) =>
        Effect.map(store.list({ ...filter, start: 0, count: 100 }), ({ data }) => data)
      assertJobs(yield* list({ types: [one] }), [errored, pending])
      assertJobs(yield* list({ types: [one, other], states: ["Errored", "Completed"] }), [
        completed,
        otherErrored,
        errored
      ])
      const newest = (yield* list({})).slice(0, 4)
      assertJobs(newest, [completed, otherErrored, errored, pending])
      const newestErrored = (yield* list({ states: ["Errored"] })).slice(0, 2)
      assertJobs(newestErrored, [otherErrored, errored])
    })
  )

  it.effect("lists nothing for an empty list of states or types", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      yield* store.insert([aJob()])
      for (const filter of [{ states: [] }, { types: [] }]) {
        deepStrictEqual(yield* store.list({ ...filter, start: 0, count: 10 }), { total: 0, data: [] })
      }
    })
  )
}
