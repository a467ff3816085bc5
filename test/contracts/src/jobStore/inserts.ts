import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { JobStore } from "@runner-connector/core"
import { Array as Arr, DateTime, Effect, Option } from "effect"
import { aJob, aJobId, aRegisteredRunner, aTokenHash, aVideoId } from "../fixtures.ts"
import {
  assertJobs,
  assertOneWinner,
  assertPersistenceError,
  difficultText,
  later,
  race,
  type StoreCases,
  storedJob
} from "../stores.ts"

const payloads: ReadonlyArray<unknown> = [
  null,
  true,
  0,
  -1.5e-7,
  2 ** 53 - 1,
  "",
  difficultText,
  [],
  ["a", 1, null, [{}]],
  {},
  { input: { [difficultText]: difficultText }, output: { fps: 25, resolutions: [240, 720] }, "": [[]] }
]

/** Everything a job can say, with text that is hard to keep. */
const aFullJob = (runner: { readonly id: Option.Option.Value<ReturnType<typeof aJob>["runnerId"]> }) =>
  aJob({
    type: `full ${difficultText}`,
    state: "Completed",
    payload: { input: { videoFileUrl: "https://example.com/a?b=c" }, text: difficultText },
    privatePayload: { nested: [{ deep: [1, 2, { x: null }] }] },
    priority: -7,
    progress: Option.some(99),
    failures: 3,
    stalls: 2,
    error: Option.some(difficultText),
    runnerId: Option.some(runner.id),
    jobTokenHash: Option.some(aTokenHash()),
    attemptId: Option.some(crypto.randomUUID()),
    parentId: Option.some(aJobId()),
    videoId: Option.some(aVideoId()),
    startedAt: Option.some(DateTime.unsafeMake("1999-12-31T23:59:59.999Z")),
    finishedAt: Option.some(DateTime.unsafeMake("2038-01-19T03:14:08.001Z")),
    createdAt: DateTime.unsafeMake("1970-01-01T00:00:00.000Z"),
    updatedAt: later(1),
    revision: 41
  })

/** What insert promises. */
export const insertCases: StoreCases = (it) => {
  it.effect("gives back every field as it was inserted", () =>
    Effect.gen(function* () {
      const job = aFullJob(yield* aRegisteredRunner())
      yield* (yield* JobStore.JobStore).insert([job])
      assertJobs([yield* storedJob(job.id)], [job])
    })
  )

  it.effect("gives back as none what was absent", () =>
    Effect.gen(function* () {
      const job = aJob()
      yield* (yield* JobStore.JobStore).insert([job])
      assertJobs([yield* storedJob(job.id)], [job])
    })
  )

  it.effect("keeps payloads of any JSON shape", () =>
    Effect.forEach(payloads, (payload) =>
      Effect.gen(function* () {
        const job = aJob({ payload, privatePayload: [payload] })
        yield* (yield* JobStore.JobStore).insert([job])
        assertJobs([yield* storedJob(job.id)], [job])
      })
    )
  )

  it.effect("is not changed by what becomes of the caller's payload", () =>
    Effect.gen(function* () {
      const payload = { steps: ["first"] }
      const job = aJob({ payload })
      yield* (yield* JobStore.JobStore).insert([job])
      payload.steps.push("second")
      deepStrictEqual((yield* storedJob(job.id)).payload, { steps: ["first"] })
    })
  )

  it.effect("adds all jobs or none", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const [taken, fresh] = [aJob({ priority: 1 }), aJob()]
      yield* store.insert([taken])
      yield* assertPersistenceError(store.insert([fresh, { ...taken, priority: 2 }]))
      assertJobs(yield* store.family(fresh.id), [])
      assertJobs(yield* store.family(taken.id), [taken])
    })
  )

  it.effect("adds thousands of jobs at once, and none when the last of them is taken", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const type = `many ${crypto.randomUUID()}`
      const jobs = Arr.makeBy(4000, () => aJob({ type }))
      yield* store.insert(jobs)
      assert.strictEqual((yield* store.list({ types: [type], start: 0, count: 1 })).total, 4000)
      yield* assertPersistenceError(
        store.insert([...Arr.makeBy(4000, () => aJob({ type })), jobs[0]] as Arr.NonEmptyArray<(typeof jobs)[0]>)
      )
      assert.strictEqual((yield* store.list({ types: [type], start: 0, count: 1 })).total, 4000)
    })
  )

  it.effect("lets one of many inserts of the same job win", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const job = aJob()
      const outcomes = yield* race(Arr.makeBy(20, () => store.insert([job])))
      assertOneWinner(outcomes, "PersistenceError")
      assertJobs(yield* store.family(job.id), [job])
    })
  )

  it.effect("keeps what many fibers insert at once", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const type = `crowd ${crypto.randomUUID()}`
      const outcomes = yield* race(Arr.makeBy(60, () => store.insert([aJob({ type }), aJob({ type })])))
      deepStrictEqual(new Set(outcomes), new Set(["ok"]))
      assert.strictEqual((yield* store.list({ types: [type], start: 0, count: 0 })).total, 120)
    })
  )

  it.effect("refuses text with a NUL character by a typed error, and goes on working", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      for (const bad of [
        aJob({ type: "a\0b" }),
        aJob({ error: Option.some("\0") }),
        aJob({ payload: { deep: ["\0"] } }),
        aJob({ privatePayload: { "\0": 1 } })
      ]) {
        yield* assertPersistenceError(store.insert([bad]))
        assertJobs(yield* store.family(bad.id), [])
      }
    })
  )

  it.effect("refuses a payload that JSON cannot say by a typed error", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const cyclic: { self?: unknown } = {}
      cyclic.self = cyclic
      for (const payload of [cyclic, { big: 1n }]) yield* assertPersistenceError(store.insert([aJob({ payload })]))
    })
  )
}
