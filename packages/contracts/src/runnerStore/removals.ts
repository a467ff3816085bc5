import { assert } from "@effect/vitest"
import { assertNone, deepStrictEqual } from "@effect/vitest/utils"
import { Ids, JobStore, RunnerStore } from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { aJob, aRegisteredRunner, aTokenHash } from "../fixtures.ts"
import { assertJobs, race, type StoreCases, storedJob } from "../stores.ts"

/** Contract of remove. */
export const removalCases: StoreCases = (it) => {
  it.effect("removes a runner once", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const runner = yield* aRegisteredRunner()
      deepStrictEqual(yield* store.remove(runner.id), Option.some({ runners: [runner.id], jobs: [] }))
      assertNone(yield* store.remove(runner.id))
      assertNone(yield* store.remove(Ids.RunnerId.make(2_000_000_000)))
      assertNone(yield* store.findByToken(runner.tokenHash))
      deepStrictEqual(yield* store.findByIds([runner.id]), [])
    })
  )

  it.effect("reports success to exactly one of many concurrent removals", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const runner = yield* aRegisteredRunner()
      const removed = yield* Effect.all(
        Arr.makeBy(10, () => store.remove(runner.id)),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(removed.filter(Option.isSome).length, 1)
    })
  )

  it.effect("frees the name of a removed runner and never reuses its id", () =>
    Effect.gen(function* () {
      const runner = yield* aRegisteredRunner()
      yield* (yield* RunnerStore.RunnerStore).remove(runner.id)
      assert.notStrictEqual((yield* aRegisteredRunner({ name: runner.name })).id, runner.id)
    })
  )

  it.effect("clears the runner of its jobs, which keep their state, and of no others", () =>
    Effect.gen(function* () {
      const jobs = yield* JobStore.JobStore
      const [leaving, staying] = [yield* aRegisteredRunner(), yield* aRegisteredRunner()]
      const [active, ended, strange] = [
        aJob({ state: "Processing", runnerId: Option.some(leaving.id), jobTokenHash: Option.some(aTokenHash()) }),
        aJob({ state: "Completed", runnerId: Option.some(leaving.id), revision: 3 }),
        aJob({ state: "Processing", runnerId: Option.some(staying.id) })
      ]
      yield* jobs.insert([active, ended, strange])
      const removed = yield* (yield* RunnerStore.RunnerStore).remove(leaving.id)
      deepStrictEqual(removed, Option.some({ runners: [leaving.id], jobs: [active.id] }))
      assertJobs(yield* Effect.forEach([active, ended, strange], ({ id }) => storedJob(id)), [
        { ...active, runnerId: Option.none(), revision: 1 },
        { ...ended, runnerId: Option.none(), revision: 4 },
        strange
      ])
    })
  )

  it.effect("causes a conflict for earlier readers of the removed runner's jobs", () =>
    Effect.gen(function* () {
      const jobs = yield* JobStore.JobStore
      const runner = yield* aRegisteredRunner()
      const job = aJob({ state: "Processing", runnerId: Option.some(runner.id) })
      yield* jobs.insert([job])
      yield* (yield* RunnerStore.RunnerStore).remove(runner.id)
      assert.instanceOf(yield* Effect.flip(jobs.commit([{ ...job, state: "Completing" }])), JobStore.JobConflict)
    })
  )

  it.effect("ignores heartbeats of a removed runner", () =>
    Effect.gen(function* () {
      const jobs = yield* JobStore.JobStore
      const runner = yield* aRegisteredRunner()
      const jobTokenHash = aTokenHash()
      const held = { runnerId: Option.some(runner.id), jobTokenHash: Option.some(jobTokenHash) }
      const job = aJob({ state: "Processing", ...held })
      yield* jobs.insert([job])
      yield* (yield* RunnerStore.RunnerStore).remove(runner.id)
      const tokens = { runnerTokenHash: runner.tokenHash, jobTokenHash }
      assertNone(yield* jobs.heartbeat({ id: job.id, ...tokens, at: job.updatedAt, progress: Option.none() }))
    })
  )

  it.effect("succeeds while the runner's jobs are being written", () =>
    Effect.gen(function* () {
      const [jobs, runners] = [yield* JobStore.JobStore, yield* RunnerStore.RunnerStore]
      const leaving = yield* Effect.forEach(Arr.range(1, 5), () => aRegisteredRunner())
      const held = leaving.flatMap((runner) =>
        Arr.makeBy(4, () => aJob({ state: "Processing", runnerId: Option.some(runner.id) }))
      ) as Arr.NonEmptyArray<ReturnType<typeof aJob>>
      yield* jobs.insert(held)
      const pairs = held.map((job, i) => jobs.commit([{ ...job, failures: 1 }, held[(i * 7 + 3) % 20] ?? job]))
      const outcomes = yield* race([...leaving.map(({ id }) => Effect.asVoid(runners.remove(id))), ...pairs])
      deepStrictEqual(outcomes.slice(0, 5), ["ok", "ok", "ok", "ok", "ok"])
      assert.isTrue(outcomes.every((outcome) => outcome === "ok" || outcome === "JobConflict"))
      const after = yield* Effect.forEach(held, ({ id }) => storedJob(id))
      assert.isTrue(after.every(({ runnerId, state }) => Option.isNone(runnerId) && state === "Processing"))
    })
  )
}
