import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { JobQueue, JobStore, type RunnerJob, VideoStore } from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { aJob, aNewVideo } from "../fixtures.ts"
import { later, type StoreCases } from "../stores.ts"

/** A completed job that ended so many milliseconds after the moment of the tests. */
const finished = (millis: number, over: Partial<RunnerJob.RunnerJob> = {}) =>
  aJob({ state: "Completed", finishedAt: Option.some(later(millis)), ...over })

const isThere = ({ id }: RunnerJob.RunnerJob) =>
  Effect.flatMap(JobStore.JobStore, (store) => Effect.map(store.family(id), Arr.isNonEmptyReadonlyArray))

const prune = (before: number, limit: number) =>
  Effect.flatMap(JobQueue.JobQueue, (queue) => queue.prune(later(before), limit))

/** Contract of prune. */
export const pruningCases: StoreCases = (it) => {
  it.effect("removes the jobs that finished first, in batches, and no later or open ones", () =>
    Effect.gen(function* () {
      while ((yield* prune(1_000_000, 100)) > 0);
      const old = [finished(1), finished(2), finished(3)] as const
      const others = [finished(100), aJob(), aJob({ state: "Processing" }), aJob({ state: "Errored" })] as const
      yield* (yield* JobStore.JobStore).insert([...old, ...others])
      assert.strictEqual(yield* prune(100, 2), 2)
      deepStrictEqual(yield* Effect.forEach(old, isThere), [false, false, true])
      assert.strictEqual(yield* prune(100, 2), 1)
      assert.strictEqual(yield* prune(100, 2), 0)
      deepStrictEqual(yield* Effect.forEach(others, isThere), [true, true, true, true])
    })
  )

  it.effect("keeps the awaited jobs of an existing video, which missing renditions and retries are decided by", () =>
    Effect.gen(function* () {
      const videos = yield* VideoStore.VideoStore
      const jobs = [finished(1), finished(1, { state: "Errored" }), finished(1, { awaited: false })] as const
      const video = aNewVideo()
      const inVideo = jobs.map((job) => ({ ...job, videoId: Option.some(video.id) }))
      const stored = yield* videos.insert(video, inVideo as never)
      yield* prune(100, 10)
      deepStrictEqual(yield* Effect.forEach(jobs, isThere), [true, true, false])
      yield* videos.remove(stored)
      yield* prune(100, 10)
      deepStrictEqual(yield* Effect.forEach(jobs, isThere), [false, false, false])
    })
  )
}
