import { assert } from "@effect/vitest"
import { assertNone, assertSome, deepStrictEqual } from "@effect/vitest/utils"
import { JobStore, RunnerJob } from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { aJob, aJobId, aRegisteredRunner, aTokenHash } from "../fixtures.ts"
import { assertJobs, later, type StoreCases, storedJob } from "../stores.ts"

/** A stored job with its runner and token, and a heartbeat of the lease holder. */
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
      runnerTokenHash: runner.tokenHash,
      jobTokenHash,
      at: later(60_000),
      progress: Option.some(42)
    }
    return { job, heartbeat, runner }
  })

/** Contract of heartbeat. */
export const beatCases: StoreCases = (it) => {
  it.effect("updates the last contact, the progress and its time of a processing job, and nothing else", () =>
    Effect.gen(function* () {
      const { heartbeat, job, runner } = yield* held({ startedAt: Option.some(later(1)), failures: 2, revision: 7 })
      const found = Option.getOrThrow(yield* (yield* JobStore.JobStore).heartbeat(heartbeat))
      assert.strictEqual(found.state, "Processing")
      const { id, jobTypes, lastContact, version } = found.runner
      deepStrictEqual({ ...runner, id, jobTypes, lastContact, version }, runner)
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

  it.effect("keeps the progress and its time when none or the same is reported", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const { heartbeat, job } = yield* held({ progress: Option.some(17), progressedAt: Option.some(later(1)) })
      yield* store.heartbeat({ ...heartbeat, progress: Option.none() })
      yield* store.heartbeat({ ...heartbeat, progress: Option.some(17) })
      assertJobs([yield* storedJob(job.id)], [{ ...job, updatedAt: heartbeat.at, revision: 2 }])
    })
  )

  it.effect("updates the last contact of a completing job, but not its progress", () =>
    Effect.gen(function* () {
      const { heartbeat, job } = yield* held({ state: "Completing", progress: Option.some(100) })
      const found = yield* (yield* JobStore.JobStore).heartbeat(heartbeat)
      assertSome(
        Option.map(found, ({ state }) => state),
        "Completing" as const
      )
      assertJobs([yield* storedJob(job.id)], [{ ...job, updatedAt: heartbeat.at, revision: 1 }])
    })
  )

  it.effect("ignores heartbeats in every other state", () =>
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

  it.effect("accepts only the runner and the token of the lease", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const { heartbeat, job } = yield* held()
      const other = yield* held()
      for (const wrong of [
        { ...heartbeat, jobTokenHash: aTokenHash() },
        { ...heartbeat, jobTokenHash: other.heartbeat.jobTokenHash },
        { ...heartbeat, runnerTokenHash: other.heartbeat.runnerTokenHash },
        { ...heartbeat, runnerTokenHash: aTokenHash() },
        { ...heartbeat, id: aJobId() }
      ]) {
        assertNone(yield* store.heartbeat(wrong))
      }
      assertJobs([yield* storedJob(job.id)], [job])
      assertJobs([yield* storedJob(other.job.id)], [other.job])
    })
  )

  it.effect("ignores heartbeats for a job without a lease", () =>
    Effect.gen(function* () {
      const { heartbeat } = yield* held({ jobTokenHash: Option.none() })
      assertNone(yield* (yield* JobStore.JobStore).heartbeat(heartbeat))
    })
  )

  it.effect("causes a conflict for earlier readers of the job", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const { heartbeat, job } = yield* held()
      yield* store.heartbeat(heartbeat)
      assert.instanceOf(yield* Effect.flip(store.commit([{ ...job, state: "Errored" }])), JobStore.JobConflict)
    })
  )

  it.effect("accepts many concurrent heartbeats", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const { heartbeat, job } = yield* held()
      const states = yield* Effect.all(
        Arr.makeBy(40, () => store.heartbeat(heartbeat)),
        { concurrency: "unbounded" }
      )
      assert.isTrue(states.every((state) => Option.exists(state, (beat) => beat.state === "Processing")))
      assert.strictEqual((yield* storedJob(job.id)).revision, 40)
    })
  )
}
