import type { Vitest } from "@effect/vitest"
import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import {
  type Ids,
  type JobQueue,
  JobStore,
  Persistence,
  Runner,
  RunnerJob,
  type RunnerStore,
  type UploadStore,
  Video,
  VideoStore
} from "@runner-connector/core"
import { Array as Arr, DateTime, Effect, Option, Schema } from "effect"
import { someMoment } from "./fixtures.ts"

/** The stores share what they keep, so every contract gets all of them. */
export type Stores =
  | JobStore.JobStore
  | JobQueue.JobQueue
  | RunnerStore.RunnerStore
  | UploadStore.UploadStore
  | VideoStore.VideoStore

/** The tests of a group. Stores work in real time, so there is no test clock. */
export type StoreCases = (it: Vitest.MethodsNonLive<Stores, true>) => void

const rowsOfJobs = Schema.encodeSync(Schema.Array(RunnerJob.RunnerJob))
const rowsOfRunners = Schema.encodeSync(Schema.Array(Runner.Runner))
const rowsOfVideos = Schema.encodeSync(Schema.Array(Video.Video))

/** Compared as rows: every field, in this order, to the millisecond. */
export const assertJobs = (
  actual: ReadonlyArray<RunnerJob.RunnerJob>,
  expected: ReadonlyArray<RunnerJob.RunnerJob>
): void => deepStrictEqual(rowsOfJobs(actual), rowsOfJobs(expected))

/** Compared as rows: every field, in this order, to the millisecond. */
export const assertRunners = (actual: ReadonlyArray<Runner.Runner>, expected: ReadonlyArray<Runner.Runner>): void =>
  deepStrictEqual(rowsOfRunners(actual), rowsOfRunners(expected))

/** Compared as rows: every field, in this order, to the millisecond. */
export const assertVideos = (actual: ReadonlyArray<Video.Video>, expected: ReadonlyArray<Video.Video>): void =>
  deepStrictEqual(rowsOfVideos(actual), rowsOfVideos(expected))

export const idsOf = <A extends { readonly id: unknown }>(all: ReadonlyArray<A>): ReadonlyArray<A["id"]> =>
  all.map(({ id }) => id)

/** The job as it is stored now. */
export const storedJob = (
  id: Ids.JobId
): Effect.Effect<RunnerJob.RunnerJob, Persistence.PersistenceError, JobStore.JobStore> =>
  Effect.gen(function* () {
    const family = yield* (yield* JobStore.JobStore).family(id)
    const job = family[0]
    assert.isDefined(job, `there is a job ${id}`)
    return job
  })

/** The video as it is stored now. */
export const storedVideo = (
  id: Ids.VideoId
): Effect.Effect<Video.Video, Persistence.PersistenceError, VideoStore.VideoStore> =>
  Effect.gen(function* () {
    const video = yield* (yield* VideoStore.VideoStore).find(id)
    assert.isTrue(Option.isSome(video), `there is a video ${id}`)
    return Option.getOrThrow(video)
  })

/** Fails the test unless the effect fails with a `PersistenceError`; a defect is none. */
export const assertPersistenceError = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<void, A, R> =>
  Effect.map(Effect.flip(effect), (error) => assert.instanceOf(error, Persistence.PersistenceError))

/** The tags of what came out, `"ok"` for a success, in the order of the effects, all run at once. */
export const race = <A, E extends { readonly _tag: string }, R>(
  effects: ReadonlyArray<Effect.Effect<A, E, R>>
): Effect.Effect<ReadonlyArray<string>, never, R> =>
  Effect.forEach(effects, (effect) => Effect.match(effect, { onFailure: (e) => e._tag, onSuccess: () => "ok" }), {
    concurrency: "unbounded"
  })

/** Asserts that one came out well, and all others with the given error. */
export const assertOneWinner = (outcomes: ReadonlyArray<string>, error: string): void =>
  deepStrictEqual([...outcomes].sort(), [...Arr.makeBy(outcomes.length - 1, () => error), "ok"].sort())

/** Reads page after page until one is empty. */
export const allPages = <A, E, R>(
  list: (page: Persistence.PageRequest) => Effect.Effect<Persistence.Page<A>, E, R>,
  count: number
): Effect.Effect<ReadonlyArray<Persistence.Page<A>>, E, R> =>
  Effect.gen(function* () {
    const pages: Array<Persistence.Page<A>> = []
    while (true) {
      const page = yield* list({ start: pages.length * count, count })
      if (page.data.length === 0) return pages
      pages.push(page)
    }
  })

/** So many milliseconds after the moment of the fixtures. */
export const later = (millis: number): DateTime.Utc => DateTime.add(someMoment, { millis })

/** Text that breaks whoever escapes, cuts or counts it wrongly. */
export const difficultText =
  'Ünïcödé 𝒳🦦👩‍👩‍👧 \u202eRTL עברית\n\r\t\'; DROP TABLE x; -- "" \\u0000 \\ $1 %s {x} \u{10ffff}\u0001'
