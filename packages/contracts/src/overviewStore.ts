import { layer as withLayer } from "@effect/vitest"
import { assertSome, deepStrictEqual } from "@effect/vitest/utils"
import { JobStore, OverviewStore, type Persistence, type RunnerJob, VideoStore } from "@runner-connector/core"
import { DateTime, Duration, Effect, type Layer, Option } from "effect"
import { aJob, aNewVideo, aRegisteredRunner, aVideoFile } from "./fixtures.ts"
import type { Stores } from "./stores.ts"

/** Long before the jobs of other tests. */
const begin = DateTime.unsafeMake("1990-01-01T00:00:00Z")
const at = (seconds: number) => DateTime.add(begin, { millis: Math.round(seconds * 1000) })

/** The figures are of all rows, so a test compares them before and after its own rows. */
const insert = (jobs: readonly [RunnerJob.RunnerJob, ...ReadonlyArray<RunnerJob.RunnerJob>]) =>
  Effect.flatMap(JobStore.JobStore, (store) => store.insert(jobs))

const ofType = (type: string) =>
  Effect.gen(function* () {
    const { queue } = yield* OverviewStore.OverviewStore
    return (yield* queue).filter((figures) => figures.type === type)
  })

const finished = (state: RunnerJob.JobState, seconds: number) =>
  aJob({ state, finishedAt: Option.some(at(seconds)), createdAt: at(seconds) })

/** Contract of every OverviewStore, over the rows of the other stores. */
export const overviewStoreContract = <E>(name: string, layer: Layer.Layer<Stores, E>): void =>
  withLayer(layer, { timeout: "5 minutes", excludeTestServices: true })(`OverviewStore: ${name}`, (it) => {
    it.effect("counts open jobs by type and state, and finds the oldest pending one", () =>
      Effect.gen(function* () {
        const type = `type-${crypto.randomUUID()}`
        const oldest = aJob({ type, createdAt: at(-2) })
        yield* insert([
          aJob({ type, createdAt: at(-1) }),
          oldest,
          aJob({ type, state: "WaitingForParent", createdAt: at(-3) }),
          aJob({ type, state: "Processing", startedAt: Option.some(at(-3)) }),
          aJob({ type, state: "Completing", startedAt: Option.some(at(-3)) }),
          aJob({ type, state: "Completed" }),
          aJob({ type, state: "Errored" })
        ])
        deepStrictEqual(yield* ofType(type), [
          { type, pending: 2, processing: 2, waiting: 1, oldestPendingAt: Option.some(at(-2)) }
        ])
        const found = yield* Effect.flatMap(OverviewStore.OverviewStore, ({ oldestPending }) => oldestPending)
        assertSome(
          Option.map(found, ({ id }) => id),
          oldest.id
        )
      })
    )

    it.effect("counts completed and failed jobs by interval", () =>
      Effect.gen(function* () {
        yield* insert([
          finished("Completed", 1),
          finished("Completed", 59.999),
          finished("Errored", 60),
          finished("ParentErrored", 60),
          finished("Cancelled", 61),
          finished("Completed", 600),
          finished("Completed", -0.001)
        ])
        const { ended } = yield* OverviewStore.OverviewStore
        const figures = yield* ended({ since: begin, interval: Duration.minutes(1) })
        deepStrictEqual(
          figures.filter((one) => DateTime.lessThan(one.at, at(3600))),
          [
            { at: at(0), completed: 2, failed: 0 },
            { at: at(60), completed: 0, failed: 1 },
            { at: at(600), completed: 1, failed: 0 }
          ]
        )
      })
    )

    it.effect("counts the jobs of whole hours once", () =>
      Effect.gen(function* () {
        const store = yield* OverviewStore.OverviewStore
        const start = DateTime.subtract(begin, { days: 100 })
        const after = (hours: number) => DateTime.add(start, { hours })
        const ended = (state: RunnerJob.JobState, hours: number) =>
          aJob({ state, finishedAt: Option.some(DateTime.add(start, { minutes: Math.round(hours * 60) })) })
        yield* insert([
          ended("Completed", 0.5),
          ended("Errored", 1.5),
          ended("Completed", 2.5),
          ended("Completed", 4.5)
        ])
        const read = Effect.map(store.ended({ since: start, interval: Duration.hours(2) }), (all) =>
          all.filter((one) => DateTime.lessThan(one.at, after(10)))
        )
        const expected = [
          { at: after(0), completed: 1, failed: 1 },
          { at: after(2), completed: 1, failed: 0 },
          { at: after(4), completed: 1, failed: 0 }
        ]
        deepStrictEqual(yield* read, expected)
        yield* store.keepHours({ since: start, before: after(3) })
        yield* store.keepHours({ since: start, before: after(4) })
        deepStrictEqual(yield* read, expected)
      })
    )

    it.effect("counts runners, and those that process jobs once", () =>
      Effect.gen(function* () {
        const { runners } = yield* OverviewStore.OverviewStore
        const before = yield* runners
        const { id } = yield* aRegisteredRunner()
        yield* aRegisteredRunner()
        const leased = { runnerId: Option.some(id), startedAt: Option.some(at(0)) }
        yield* insert([aJob({ state: "Processing", ...leased }), aJob({ state: "Processing", ...leased })])
        const after = yield* runners
        deepStrictEqual([after.total - before.total, after.busy - before.busy], [2, 1])
      })
    )

    it.effect("counts videos by state, with the bytes of their files", () =>
      Effect.gen(function* () {
        const figures: Effect.Effect<
          readonly [number, number],
          Persistence.PersistenceError,
          OverviewStore.OverviewStore
        > = Effect.gen(function* () {
          const all = yield* (yield* OverviewStore.OverviewStore).videos
          const own = all.find(({ state }) => state === "TranscodingFailed")
          return [own?.count ?? 0, own?.bytes ?? 0] as const
        })
        const before = yield* figures
        const { insert: add } = yield* VideoStore.VideoStore
        const files = [aVideoFile({ size: 3_000_000_000 }), aVideoFile({ size: 1 })]
        const { playlistKey: _, ...webVideo } = aVideoFile({ size: 20 })
        yield* add(aNewVideo({ state: "TranscodingFailed", files, webVideos: [webVideo] }), [])
        yield* add(aNewVideo({ state: "TranscodingFailed" }), [])
        const after = yield* figures
        deepStrictEqual([after[0] - before[0], after[1] - before[1]], [2, 3_000_000_021])
      })
    )
  })
