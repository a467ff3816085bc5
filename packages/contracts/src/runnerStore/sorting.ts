import { deepStrictEqual } from "@effect/vitest/utils"
import { PresenceStore, RunnerStore } from "@runner-connector/core"
import { DateTime, Effect } from "effect"
import { aRegisteredRunner, aTokenHash } from "../fixtures.ts"
import { allPages, idsOf, later, type StoreCases } from "../stores.ts"

/** Timestamps that differ from those of other fixtures, in insertion order, with both sort orders by index. */
const moments = [-2000, -1000, -3000, -1000].map(later)
const oldestFirst = [2, 0, 1, 3]
const newestFirst = [1, 3, 0, 2]

const sort = (descending: boolean) => ({ by: "createdAt" as const, descending })

/** Contract of the order of runner and registration token lists. */
export const sortingCases: StoreCases = (it) => {
  it.effect("sorts runners by registration time in both directions, ties in insertion order", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const runners = yield* Effect.forEach(moments, (createdAt) => aRegisteredRunner({ createdAt }))
      const own = new Set(idsOf(runners))
      for (const descending of [false, true]) {
        const pages = yield* allPages((page) => store.list({ ...page, sort: sort(descending) }), 7)
        const found = pages.flatMap(({ data }) => idsOf(data)).filter((id) => own.has(id))
        const expected = (descending ? newestFirst : oldestFirst).map((i) => runners[i]?.id)
        deepStrictEqual(found, expected)
      }
    })
  )

  it.effect("selects runners by number, by a part of the name, by state and by presence", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const mark = crypto.randomUUID()
      const [one, two] = [
        yield* aRegisteredRunner({ name: `The GPU ${mark} 1%` }),
        yield* aRegisteredRunner({ name: `gpu ${mark} 2%`, state: "paused" })
      ]
      yield* aRegisteredRunner()
      const list = (filter: Omit<RunnerStore.RunnerFilter, "start" | "count">) =>
        Effect.map(store.list({ start: 0, count: 100, ...filter }), ({ data, total }) => [total, ...idsOf(data)])
      deepStrictEqual(yield* list({ text: `gPu ${mark}` }), [2, two.id, one.id])
      deepStrictEqual(yield* list({ text: `${mark} 2%` }), [1, two.id])
      deepStrictEqual(yield* list({ text: `${mark}_1` }), [0])
      deepStrictEqual(yield* list({ text: mark, states: ["paused", "draining"] }), [1, two.id])
      deepStrictEqual(yield* list({ text: mark, states: [] }), [0])
      deepStrictEqual(yield* list({ text: mark, online: true }), [0])
      deepStrictEqual(yield* list({ id: two.id }), [1, two.id])
      // Long after the contacts of all runners, which would make them online, too.
      const at = DateTime.add(later(0), { days: 1000 })
      const report = { server: mark, runners: [one.id], at, reportedSince: at, contactSince: at, mayGoOffline: false }
      yield* (yield* PresenceStore.PresenceStore).report(report)
      deepStrictEqual(yield* list({ text: mark, online: true }), [1, one.id])
      deepStrictEqual(yield* list({ text: mark, online: false }), [1, two.id])
    })
  )

  it.effect("sorts registration tokens in the same way", () =>
    Effect.gen(function* () {
      const { registrationTokens } = yield* RunnerStore.RunnerStore
      const tokens = yield* Effect.forEach(moments, (at) =>
        registrationTokens.add({ tokenHash: aTokenHash(), hint: "abcd", at })
      )
      const own = new Set(idsOf(tokens))
      for (const descending of [false, true]) {
        const pages = yield* allPages((page) => registrationTokens.list({ ...page, sort: sort(descending) }), 7)
        const found = pages.flatMap(({ data }) => idsOf(data)).filter((id) => own.has(id))
        const expected = (descending ? newestFirst : oldestFirst).map((i) => tokens[i]?.id)
        deepStrictEqual(found, expected)
      }
    })
  )
}
