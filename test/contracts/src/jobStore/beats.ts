import { assert } from "@effect/vitest"
import { assertNone, assertSome } from "@effect/vitest/utils"
import { Ids, JobStore, RunnerJob } from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { aJob, aJobId, aRegisteredRunner, aTokenHash } from "../fixtures.ts"
import { assertJobs, later, type StoreCases, storedJob } from "../stores.ts"

/** A stored job under a runner and token, and the heartbeat of whoever holds it. */
const held = (overrides: Partial<RunnerJob.RunnerJob> = {}) =>
  Effect.gen(function* () {
    const runner = yield* aRegisteredRunner()
    const jobTokenHash = aTokenHash()
    const job = aJob({
      state: "Processing",
      runnerId: Option.some(runner.id),
      jobTokenHash: Option.some(jobTokenHash),
      ...overrides
    })
    yield* (yield* JobStore.JobStore).insert([job])
    const heartbeat: JobStore.Heartbeat = {
      id: job.id,
      runnerId: runner.id,
      jobTokenHash,
      at: later(60_000),
      progress: Option.some(42)
    }
    return { job, heartbeat }
  })

/** What heartbeat promises. */
export const beatCases: StoreCases = (it) => {
  it.effect(
    "moves the sign of life and the progress of a job in process, with the moment of that, and nothing else",
    () =>
      Effect.gen(function* () {
        const { heartbeat, job } = yield* held({ startedAt: Option.some(later(1)), failures: 2, revision: 7 })
        assertSome(yield* (yield* JobStore.JobStore).heartbeat(heartbeat), "Processing" as const)
        assertJobs(
          [yield* storedJob(job.id)],
          [
            {
              ...job,
              ...{ updatedAt: heartbeat.at, progress: heartbeat.progress, progressedAt: Option.some(heartbeat.at) },
              revision: 8
            }
          ]
        )
      })
  )

  it.effect("keeps the progress and its moment when none or the same is reported", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const { heartbeat, job } = yield* held({ progress: Option.some(17), progressedAt: Option.some(later(1)) })
      yield* store.heartbeat({ ...heartbeat, progress: Option.none() })
      yield* store.heartbeat({ ...heartbeat, progress: Option.some(17) })
      assertJobs([yield* storedJob(job.id)], [{ ...job, updatedAt: heartbeat.at, revision: 2 }])
    })
  )

  it.effect("moves the sign of life of a job whose result is being stored, but not its progress", () =>
    Effect.gen(function* () {
      const { heartbeat, job } = yield* held({ state: "Completing", progress: Option.some(100) })
      assertSome(yield* (yield* JobStore.JobStore).heartbeat(heartbeat), "Completing" as const)
      assertJobs([yield* storedJob(job.id)], [{ ...job, updatedAt: heartbeat.at, revision: 1 }])
    })
  )

  it.effect("hears nobody in any other state", () =>
    Effect.forEach(
      RunnerJob.JobState.literals.filter((state) => state !== "Processing" && state !== "Completing"),
      (state) =>
        Effect.gen(function* () {
          const { heartbeat, job } = yield* held({ state })
          assertNone(yield* (yield* JobStore.JobStore).heartbeat(heartbeat))
          assertJobs([yield* storedJob(job.id)], [job])
        })
    )
  )

  it.effect("hears only the runner and the token that hold the job", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const { heartbeat, job } = yield* held()
      const other = yield* held()
      for (const stranger of [
        { ...heartbeat, jobTokenHash: aTokenHash() },
        { ...heartbeat, jobTokenHash: other.heartbeat.jobTokenHash },
        { ...heartbeat, runnerId: other.heartbeat.runnerId },
        { ...heartbeat, runnerId: Ids.RunnerId.make(2_000_000_000) },
        { ...heartbeat, id: aJobId() }
      ]) {
        assertNone(yield* store.heartbeat(stranger))
      }
      assertJobs([yield* storedJob(job.id)], [job])
      assertJobs([yield* storedJob(other.job.id)], [other.job])
    })
  )

  it.effect("hears nobody on a job that nobody holds", () =>
    Effect.gen(function* () {
      const { heartbeat } = yield* held({ jobTokenHash: Option.none() })
      assertNone(yield* (yield* JobStore.JobStore).heartbeat(heartbeat))
    })
  )

  it.effect("makes whoever read the job before read it again", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const { heartbeat, job } = yield* held()
      yield* store.heartbeat(heartbeat)
      assert.instanceOf(yield* Effect.flip(store.commit([{ ...job, state: "Errored" }])), JobStore.JobConflict)
    })
  )

  it.effect("hears all of many heartbeats at once", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const { heartbeat, job } = yield* held()
      const states = yield* Effect.all(
        Arr.makeBy(40, () => store.heartbeat(heartbeat)),
        { concurrency: "unbounded" }
      )
      assert.isTrue(states.every((state) => Option.contains(state, "Processing")))
      assert.strictEqual((yield* storedJob(job.id)).revision, 40)
    })
  )
}
