import { assert } from "@effect/vitest"
import { type JobAttempt, JobStore } from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { aJob, aJobId, aRegisteredRunner, aTokenHash, aVideoId } from "../fixtures.ts"
import { assertJobs, assertPersistenceError, difficultText, later, type StoreCases, storedJob } from "../stores.ts"

const attemptWithFault: JobAttempt.JobAttempt = {
  runner: difficultText,
  version: Option.some("0.4.0"),
  startedAt: later(1),
  end: Option.some({ at: later(2), outcome: "refused", message: Option.none(), fault: { duration: 19.2 } })
}

/** Contract of commit with a single writer. */
export const commitCases: StoreCases = (it) => {
  it.effect("adds jobs with the written ones, all or none", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const [parent, child, other] = [aJob(), aJob(), aJob()]
      yield* store.insert([parent])
      const waiting = { ...child, parentId: Option.some(parent.id), state: "WaitingForParent" as const }
      yield* store.commit([parent], [waiting])
      assertJobs(yield* store.family(parent.id), [{ ...parent, revision: 1 }, waiting])
      const conflict = yield* Effect.flip(store.commit([parent], [other]))
      assert.instanceOf(conflict, JobStore.JobConflict)
      yield* assertPersistenceError(store.commit([{ ...parent, revision: 1 }], [waiting]))
      assertJobs(yield* store.family(other.id), [])
      assertJobs(yield* store.family(parent.id), [{ ...parent, revision: 1 }, waiting])
    })
  )

  it.effect("writes every field except the creation time, and increments the revision", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const runner = yield* aRegisteredRunner()
      const job = aJob({ revision: 5 })
      yield* store.insert([job])
      const changed = {
        ...job,
        type: `other ${difficultText}`,
        state: "Errored",
        payload: [difficultText],
        privatePayload: null,
        priority: 12,
        progress: Option.some(50),
        failures: 5,
        stalls: 1,
        error: Option.some(difficultText),
        runnerId: Option.some(runner.id),
        jobTokenHash: Option.some(aTokenHash()),
        attemptId: Option.some(crypto.randomUUID()),
        parentId: Option.some(aJobId()),
        videoId: Option.some(aVideoId()),
        attempts: [attemptWithFault, { ...attemptWithFault, end: Option.none() }],
        startedAt: Option.some(later(1)),
        finishedAt: Option.some(later(2)),
        createdAt: later(1_000_000),
        updatedAt: later(3)
      } as const
      yield* store.commit([changed])
      assertJobs([yield* storedJob(job.id)], [{ ...changed, createdAt: job.createdAt, revision: 6 }])
      yield* store.commit([{ ...job, revision: 6 }])
      assertJobs([yield* storedJob(job.id)], [{ ...job, revision: 7 }])
    })
  )

  it.effect("rejects a write at an old revision and changes nothing", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const job = aJob()
      yield* store.insert([job])
      yield* store.commit([{ ...job, state: "Processing" }])
      const error = yield* Effect.flip(store.commit([{ ...job, state: "Cancelled" }]))
      assert.instanceOf(error, JobStore.JobConflict)
      assert.strictEqual(error.id, job.id)
      assertJobs([yield* storedJob(job.id)], [{ ...job, state: "Processing", revision: 1 }])
    })
  )

  it.effect("rejects a write at a future revision", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const job = aJob()
      yield* store.insert([job])
      assert.instanceOf(yield* Effect.flip(store.commit([{ ...job, revision: 1 }])), JobStore.JobConflict)
    })
  )

  it.effect("rejects a write of a job that was never inserted", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const job = aJob()
      assert.instanceOf(yield* Effect.flip(store.commit([job])), JobStore.JobConflict)
      assertJobs(yield* store.family(job.id), [])
    })
  )

  it.effect("writes all jobs or none", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const jobs = Arr.makeBy(5, () => aJob())
      yield* store.insert(jobs)
      const cancelled = Arr.map(jobs, (job) => ({ ...job, state: "Cancelled" as const }))
      for (const [i, stale] of cancelled.entries()) {
        const writes = Arr.map(cancelled, (job, at) => (at === i ? { ...job, revision: 9 } : job))
        const error = yield* Effect.flip(store.commit(writes))
        assert.instanceOf(error, JobStore.JobConflict)
        assert.strictEqual(error.id, stale.id)
        assertJobs(yield* Effect.forEach(jobs, ({ id }) => storedJob(id)), jobs)
      }
      yield* store.commit(cancelled)
      assertJobs(
        yield* Effect.forEach(jobs, ({ id }) => storedJob(id)),
        cancelled.map((job) => ({ ...job, revision: 1 }))
      )
    })
  )

  it.effect("treats a job that appears twice in one commit as a conflict", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const job = aJob()
      yield* store.insert([job])
      assert.instanceOf(yield* Effect.flip(store.commit([job, { ...job, failures: 1 }])), JobStore.JobConflict)
      assertJobs([yield* storedJob(job.id)], [job])
    })
  )

  it.effect("rejects text with a NUL character with a typed error, for all jobs of the commit", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const [good, bad] = [aJob(), aJob()]
      yield* store.insert([good, bad])
      const broken = { ...bad, error: Option.some("half\0whole") }
      yield* assertPersistenceError(store.commit([broken]))
      yield* assertPersistenceError(store.commit([{ ...good, failures: 1 }, broken]))
      yield* assertPersistenceError(store.commit([{ ...bad, payload: "\0" }]))
      assertJobs(yield* Effect.forEach([good, bad], ({ id }) => storedJob(id)), [good, bad])
    })
  )
}
