import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { JobStore, PublicOrigin } from "@runner-connector/core"
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

/** A job with every field set, with text that is hard to store. */
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
    publicUrl: Option.some(PublicOrigin.PublicOrigin.make("https://[::1]:8443")),
    startedAt: Option.some(DateTime.unsafeMake("1999-12-31T23:59:59.999Z")),
    finishedAt: Option.some(DateTime.unsafeMake("2038-01-19T03:14:08.001Z")),
    createdAt: DateTime.unsafeMake("1970-01-01T00:00:00.000Z"),
    updatedAt: later(1),
    revision: 41
  })

/** Contract of insert. */
export const insertCases: StoreCases = (it) => {
  it.effect("returns every field as inserted", () =>
    Effect.gen(function* () {
      const job = aFullJob(yield* aRegisteredRunner())
      yield* (yield* JobStore.JobStore).insert([job])
      assertJobs([yield* storedJob(job.id)], [job])
    })
  )

  it.effect("returns absent fields as none", () =>
    Effect.gen(function* () {
      const job = aJob()
      yield* (yield* JobStore.JobStore).insert([job])
      assertJobs([yield* storedJob(job.id)], [job])
    })
  )

  it.effect("stores payloads of any JSON shape", () =>
    Effect.forEach(payloads, (payload) =>
      Effect.gen(function* () {
        const job = aJob({ payload, privatePayload: [payload] })
        yield* (yield* JobStore.JobStore).insert([job])
        assertJobs([yield* storedJob(job.id)], [job])
      })
    )
  )

  it.effect("is not affected by later changes to the caller's payload", () =>
    Effect.gen(function* () {
      const payload = { steps: ["first"] }
      const job = aJob({ payload })
      yield* (yield* JobStore.JobStore).insert([job])
      payload.steps.push("second")
      deepStrictEqual((yield* storedJob(job.id)).payload, { steps: ["first"] })
    })
  )

  it.effect("inserts all jobs or none", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const [taken, fresh] = [aJob({ priority: 1 }), aJob()]
      yield* store.insert([taken])
      yield* assertPersistenceError(store.insert([fresh, { ...taken, priority: 2 }]))
      assertJobs(yield* store.family(fresh.id), [])
      assertJobs(yield* store.family(taken.id), [taken])
    })
  )

  it.effect("inserts thousands of jobs at once, and none when the last one exists already", () =>
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

  it.effect("accepts one of many inserts of the same job", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const job = aJob()
      const outcomes = yield* race(Arr.makeBy(20, () => store.insert([job])))
      assertOneWinner(outcomes, "PersistenceError")
      assertJobs(yield* store.family(job.id), [job])
    })
  )

  it.effect("stores the jobs of concurrent inserts", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const type = `crowd ${crypto.randomUUID()}`
      const outcomes = yield* race(Arr.makeBy(60, () => store.insert([aJob({ type }), aJob({ type })])))
      deepStrictEqual(new Set(outcomes), new Set(["ok"]))
      assert.strictEqual((yield* store.list({ types: [type], start: 0, count: 0 })).total, 120)
    })
  )

  it.effect("rejects text with a NUL character with a typed error, and keeps working", () =>
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

  it.effect("rejects a payload that is not JSON with a typed error", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const cyclic: { self?: unknown } = {}
      cyclic.self = cyclic
      for (const payload of [cyclic, { big: 1n }]) yield* assertPersistenceError(store.insert([aJob({ payload })]))
    })
  )
}
