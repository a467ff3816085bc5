import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { JobStore } from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { aJob, aVideoId } from "../fixtures.ts"
import { assertJobs, assertOneWinner, idsOf, race, type StoreCases, storedJob } from "../stores.ts"

/** Contract of remove. */
export const removalCases: StoreCases = (it) => {
  it.effect("removes the given jobs and no others", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const videoId = aVideoId()
      const parent = aJob({ videoId: Option.some(videoId) })
      const child = aJob({ videoId: Option.some(videoId), parentId: Option.some(parent.id), revision: 4 })
      const other = aJob({ videoId: Option.some(videoId) })
      yield* store.insert([parent, child, other])
      yield* store.remove([child, parent])
      for (const { id } of [parent, child]) {
        deepStrictEqual(yield* store.family(id), [])
        assert.strictEqual((yield* store.list({ id, start: 0, count: 1 })).total, 0)
      }
      deepStrictEqual(idsOf(yield* store.ofVideo(videoId)), [other.id])
      assertJobs([yield* storedJob(other.id)], [other])
    })
  )

  it.effect("removes none when one of them was changed or removed concurrently", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const [one, two, three] = [aJob(), aJob(), aJob()]
      yield* store.insert([one, two, three])
      yield* store.commit([{ ...two, failures: 1 }])
      const stale = yield* Effect.flip(store.remove([one, two, three]))
      assert.instanceOf(stale, JobStore.JobConflict)
      assert.strictEqual(stale.id, two.id)
      yield* store.remove([three])
      assert.instanceOf(yield* Effect.flip(store.remove([one, three])), JobStore.JobConflict)
      assertJobs([yield* storedJob(one.id), yield* storedJob(two.id)], [one, { ...two, failures: 1, revision: 1 }])
    })
  )

  it.effect("keeps jobs that depend on a removed job", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const parent = aJob()
      const child = aJob({ state: "WaitingForParent", parentId: Option.some(parent.id) })
      yield* store.insert([parent, child])
      yield* store.remove([parent])
      assertJobs([yield* storedJob(child.id)], [child])
    })
  )

  it.effect("causes a conflict for earlier readers of a removed job", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const job = aJob()
      yield* store.insert([job])
      yield* store.remove([job])
      assert.instanceOf(yield* Effect.flip(store.commit([job])), JobStore.JobConflict)
      yield* store.insert([job])
      assertJobs([yield* storedJob(job.id)], [job])
    })
  )

  it.effect("accepts one of many concurrent removals and changes of the same jobs, in any order", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const jobs = [aJob(), aJob(), aJob(), aJob()] as const
      yield* store.insert(jobs)
      const [reversed, changed] = [Arr.reverse(jobs), Arr.map(jobs, (job) => ({ ...job, failures: 1 }))]
      const outcomes = yield* race(
        Arr.makeBy(12, (i) => (i % 3 === 0 ? store.commit(changed) : store.remove(i % 2 === 0 ? jobs : reversed)))
      )
      assertOneWinner(outcomes, "JobConflict")
      const left = yield* Effect.forEach(jobs, ({ id }) => store.family(id))
      deepStrictEqual(new Set(left.map(({ length }) => length)).size, 1)
    })
  )
}
