import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { type Ids, JobStore } from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { aJob, aJobId } from "../fixtures.ts"
import { assertJobs, idsOf, type StoreCases } from "../stores.ts"

const aChildOf = (parent: { readonly id: Ids.JobId }) =>
  aJob({ parentId: Option.some(parent.id), state: "WaitingForParent" })

/** Contract of family. */
export const familyCases: StoreCases = (it) => {
  it.effect("returns an empty family for an unknown job", () =>
    Effect.gen(function* () {
      assertJobs(yield* (yield* JobStore.JobStore).family(aJobId()), [])
    })
  )

  it.effect("returns the job first, then all jobs that depend on it, at any depth", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const root = aJob()
      const chain = Arr.scan(Arr.range(1, 12), root, (parent) => aChildOf(parent))
      const branches = chain.map(aChildOf)
      const all = [...chain, ...branches]
      const shuffled = Arr.reverse(all) as Arr.NonEmptyArray<(typeof all)[0]>
      yield* store.insert(shuffled)
      const family = yield* store.family(root.id)
      assert.strictEqual(family[0]?.id, root.id)
      assert.strictEqual(family.length, all.length)
      deepStrictEqual(new Set(idsOf(family)), new Set(idsOf(all)))
    })
  )

  it.effect("excludes parents, siblings and unrelated jobs", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const root = aJob()
      const [first, second] = [aChildOf(root), aChildOf(root)]
      const grandchild = aChildOf(first)
      yield* store.insert([root, first, second, grandchild, aJob()])
      assertJobs(yield* store.family(first.id), [first, grandchild])
      assertJobs(yield* store.family(second.id), [second])
    })
  )

  it.effect("returns children in any state", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const root = aJob()
      const ended = { ...aChildOf(root), state: "ParentCancelled" as const }
      yield* store.insert([root, ended])
      assertJobs(yield* store.family(root.id), [root, ended])
    })
  )

  it.effect("terminates on cyclic dependencies", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const [first, second] = [aJob(), aJob()]
      const ring = [
        { ...first, parentId: Option.some(second.id) },
        { ...second, parentId: Option.some(first.id) }
      ] as const
      yield* store.insert(ring)
      assertJobs(yield* store.family(first.id), ring)
    })
  )
}
