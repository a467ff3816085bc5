import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { type Ids, JobStore, type Persistence, type RunnerJob } from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { aJob, aRegisteredRunner, aTokenHash } from "../fixtures.ts"
import { assertOneWinner, later, race, type StoreCases, storedJob } from "../stores.ts"

/** Reads, changes and commits the jobs, and retries until there is no conflict. */
const persist = (
  ids: Arr.NonEmptyReadonlyArray<Ids.JobId>,
  change: (job: RunnerJob.RunnerJob) => RunnerJob.RunnerJob
): Effect.Effect<void, JobStore.JobConflict | Persistence.PersistenceError, JobStore.JobStore> =>
  Effect.gen(function* () {
    const jobs = yield* Effect.forEach(ids, (id) => storedJob(id))
    yield* (yield* JobStore.JobStore).commit(Arr.map(jobs as Arr.NonEmptyArray<RunnerJob.RunnerJob>, change))
  }).pipe(Effect.retry({ while: ({ _tag }) => _tag === "JobConflict" }))

/** Contract of concurrent commits. */
export const commitRaceCases: StoreCases = (it) => {
  it.effect("accepts exactly one of many writers at one revision", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const job = aJob()
      yield* store.insert([job])
      const writes = Arr.makeBy(50, (i) => ({ ...job, state: "Processing" as const, priority: i }))
      const outcomes = yield* race(writes.map((write) => store.commit([write])))
      assertOneWinner(outcomes, "JobConflict")
      const stored = yield* storedJob(job.id)
      assert.strictEqual(stored.revision, 1)
      assert.strictEqual(stored.priority, outcomes.indexOf("ok"))
    })
  )

  it.effect("accepts exactly one of many writers of the same family", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const family = Arr.makeBy(6, () => aJob())
      yield* store.insert(family)
      const write = (i: number) => {
        const turned = [...family.slice(i % 6), ...family.slice(0, i % 6)] as typeof family
        return store.commit(Arr.map(turned, (job) => ({ ...job, priority: i })))
      }
      const outcomes = yield* race(Arr.makeBy(20, write))
      assertOneWinner(outcomes, "JobConflict")
      const stored = yield* Effect.forEach(family, ({ id }) => storedJob(id))
      deepStrictEqual(new Set(stored.map(({ priority }) => priority)), new Set([outcomes.indexOf("ok")]))
    })
  )

  it.effect("loses no update when concurrent writers retry", () =>
    Effect.gen(function* () {
      const job = aJob()
      yield* (yield* JobStore.JobStore).insert([job])
      const failOnce = persist([job.id], (read) => ({ ...read, failures: read.failures + 1 }))
      const outcomes = yield* race(Arr.makeBy(20, () => failOnce))
      deepStrictEqual(new Set(outcomes), new Set(["ok"]))
      const stored = yield* storedJob(job.id)
      deepStrictEqual([stored.failures, stored.revision], [20, 20])
    })
  )

  it.effect("completes all writers of overlapping jobs in any order without deadlock", () =>
    Effect.gen(function* () {
      const jobs = Arr.makeBy(5, () => aJob())
      yield* (yield* JobStore.JobStore).insert(jobs)
      const at = (i: number) => jobs[i % 5] as RunnerJob.RunnerJob
      const outcomes = yield* race(
        Arr.makeBy(20, (i) =>
          persist([at(i).id, at(i * 3 + 1).id === at(i).id ? at(i + 1).id : at(i * 3 + 1).id], (read) => ({
            ...read,
            failures: read.failures + 1
          }))
        )
      )
      deepStrictEqual(new Set(outcomes), new Set(["ok"]))
      const stored = yield* Effect.forEach(jobs, ({ id }) => storedJob(id))
      assert.strictEqual(
        stored.reduce((sum, { failures }) => sum + failures, 0),
        40
      )
    })
  )

  it.effect("loses no update between writers and heartbeats", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const runner = yield* aRegisteredRunner()
      const jobTokenHash = aTokenHash()
      const job = aJob({
        state: "Processing",
        runnerId: Option.some(runner.id),
        jobTokenHash: Option.some(jobTokenHash)
      })
      yield* store.insert([job])
      const beat = (i: number) =>
        store.heartbeat({
          id: job.id,
          runnerTokenHash: runner.tokenHash,
          jobTokenHash,
          at: later(i),
          progress: Option.some(i)
        })
      const failOnce = persist([job.id], (read) => ({ ...read, failures: read.failures + 1 }))
      const outcomes = yield* race([
        ...Arr.makeBy(20, (i) => Effect.asVoid(beat(i))),
        ...Arr.makeBy(10, () => failOnce)
      ])
      deepStrictEqual(new Set(outcomes), new Set(["ok"]))
      const stored = yield* storedJob(job.id)
      deepStrictEqual([stored.failures, stored.revision], [10, 30])
      assert.isTrue(Option.isSome(stored.progress))
    })
  )
}
