import type { Vitest } from "@effect/vitest"
import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import {
  type Stores as CoreStores,
  type EventConsumers,
  type EventStore,
  type Ids,
  JobStore,
  Persistence,
  Runner,
  RunnerJob,
  Video,
  VideoStore,
  type WebhookStore
} from "@runner-connector/core"
import { Array as Arr, DateTime, Effect, Option, Schema } from "effect"
import { someMoment } from "./fixtures.ts"

/** The stores share their data, so every contract gets all of them. */
export type Stores = Exclude<
  CoreStores.Stores,
  EventStore.EventStore | EventConsumers.EventConsumers | WebhookStore.WebhookStore
>

/** The tests of a group. Stores work in real time, so there is no test clock. */
export type StoreCases = (it: Vitest.MethodsNonLive<Stores, true>) => void

const rowsOfJobs = Schema.encodeSync(Schema.Array(RunnerJob.RunnerJob))
const rowsOfRunners = Schema.encodeSync(Schema.Array(Runner.Runner))
const rowsOfVideos = Schema.encodeSync(Schema.Array(Video.Video))

/** Compares jobs as rows: every field, in this order, to the millisecond. */
export const assertJobs = (
  actual: ReadonlyArray<RunnerJob.RunnerJob>,
  expected: ReadonlyArray<RunnerJob.RunnerJob>
): void => deepStrictEqual(rowsOfJobs(actual), rowsOfJobs(expected))

/** Compares runners as rows: every field, in this order, to the millisecond. */
export const assertRunners = (actual: ReadonlyArray<Runner.Runner>, expected: ReadonlyArray<Runner.Runner>): void =>
  deepStrictEqual(rowsOfRunners(actual), rowsOfRunners(expected))

/** Compares videos as rows: every field, in this order, to the millisecond. */
export const assertVideos = (actual: ReadonlyArray<Video.Video>, expected: ReadonlyArray<Video.Video>): void =>
  deepStrictEqual(rowsOfVideos(actual), rowsOfVideos(expected))

export const idsOf = <A extends { readonly id: unknown }>(all: ReadonlyArray<A>): ReadonlyArray<A["id"]> =>
  all.map(({ id }) => id)

/** The stored state of the job. */
export const storedJob = (
  id: Ids.JobId
): Effect.Effect<RunnerJob.RunnerJob, Persistence.PersistenceError, JobStore.JobStore> =>
  Effect.gen(function* () {
    const family = yield* (yield* JobStore.JobStore).family(id)
    const job = family[0]
    assert.isDefined(job, `there is a job ${id}`)
    return job
  })

/** The stored state of the video. */
export const storedVideo = (
  id: Ids.VideoId
): Effect.Effect<Video.Video, Persistence.PersistenceError, VideoStore.VideoStore> =>
  Effect.gen(function* () {
    const video = yield* (yield* VideoStore.VideoStore).find(id)
    assert.isTrue(Option.isSome(video), `there is a video ${id}`)
    return Option.getOrThrow(video)
  })

/** Fails the test unless the effect fails with a `PersistenceError`. Defects do not count. */
export const assertPersistenceError = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<void, A, R> =>
  Effect.map(Effect.flip(effect), (error) => assert.instanceOf(error, Persistence.PersistenceError))

/** Runs the effects concurrently and returns their error tags, or `"ok"`, in order. */
export const race = <A, E extends { readonly _tag: string }, R>(
  effects: ReadonlyArray<Effect.Effect<A, E, R>>
): Effect.Effect<ReadonlyArray<string>, never, R> =>
  Effect.forEach(effects, (effect) => Effect.match(effect, { onFailure: (e) => e._tag, onSuccess: () => "ok" }), {
    concurrency: "unbounded"
  })

/** Asserts that exactly one succeeded and that all others failed with the given error. */
export const assertOneWinner = (outcomes: ReadonlyArray<string>, error: string): void =>
  deepStrictEqual([...outcomes].sort(), [...Arr.makeBy(outcomes.length - 1, () => error), "ok"].sort())

/** Reads all pages until one is empty. */
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

/** Reads all rows by pages that begin behind the last row of the page before. Runs `between` after each page. */
export const allAfter = <A extends { readonly id: unknown }, E, R>(
  list: (page: Persistence.PageAfterRequest<A["id"]>) => Effect.Effect<Persistence.Page<A>, E, R>,
  count: number,
  between: Effect.Effect<unknown, E, R>
): Effect.Effect<ReadonlyArray<A>, E, R> =>
  Effect.gen(function* () {
    const rows: Array<A> = []
    for (;;) {
      const last = rows.at(-1)
      const { data } = yield* list({ start: 0, count, ...(last === undefined ? {} : { after: last.id }) })
      if (data.length === 0) return rows
      rows.push(...data)
      yield* between
    }
  })

/** The fixtures' timestamp plus this many milliseconds. */
export const later = (millis: number): DateTime.Utc => DateTime.add(someMoment, { millis })

/** Text that breaks incorrect escaping, cutting or counting. */
export const difficultText =
  'Ünïcödé 𝒳🦦👩‍👩‍👧 \u202eRTL עברית\n\r\t\'; DROP TABLE x; -- "" \\u0000 \\ $1 %s {x} \u{10ffff}\u0001'
