import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import {
  FileKey,
  type Ids,
  JobStore,
  type Persistence,
  RunnerJob,
  type Video,
  VideoStore
} from "@runner-connector/core"
import { Array as Arr, type DateTime, Effect, Option } from "effect"
import { aJob, aNewVideo, aVideoId, someMoment } from "../fixtures.ts"
import { allAfter, allPages, assertVideos, idsOf, later, type StoreCases } from "../stores.ts"

const aPendingDeletion = (millis: number) => ({
  key: FileKey.FileKey.make(`videos/cat/${millis}.m3u8`),
  at: later(millis)
})

/** A stored video with a job in each of the given states. */
const withJobs = (states: Arr.NonEmptyReadonlyArray<RunnerJob.JobState>, over: Parameters<typeof aNewVideo>[0] = {}) =>
  Effect.gen(function* () {
    const video = aNewVideo(over)
    const jobs = Arr.map(states, (state) => aJob({ videoId: Option.some(video.id), state }))
    return yield* (yield* VideoStore.VideoStore).insert(video, jobs)
  })

const ended = Arr.fromIterable(RunnerJob.terminalStates) as Arr.NonEmptyArray<RunnerJob.JobState>

/** Filters the given videos to those in the list. */
const among = (list: ReadonlyArray<Video.Video>, videos: ReadonlyArray<Video.Video>) => {
  const listed = new Set(idsOf(list))
  return idsOf(videos).filter((id) => listed.has(id))
}

/** Contract of the video lists. */
export const videoListCases: StoreCases = (it) => {
  it.effect("lists the newest first, page by page, with the total", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const { total: before } = yield* store.list({ start: 0, count: 0 })
      const added = yield* Effect.forEach(Arr.range(1, 5), () => withJobs(["Pending"]))
      const first = yield* store.list({ start: 0, count: 5 })
      assertVideos(first.data, Arr.reverse(added))
      assert.strictEqual(first.total, before + 5)
      const pages = yield* allPages(store.list, 50)
      const all = pages.flatMap(({ data }) => data)
      deepStrictEqual([all.length, new Set(idsOf(all)).size], [before + 5, before + 5])
    })
  )

  for (const sort of [undefined, { by: "createdAt", descending: true } as const]) {
    it.effect(`lists each video once behind another one, ${sort === undefined ? "by number" : "by creation"}`, () =>
      Effect.gen(function* () {
        const store = yield* VideoStore.VideoStore
        const text = `behind ${crypto.randomUUID()}`
        const title = Option.some(text)
        const filter = { text, ...(sort === undefined ? {} : { sort }) }
        const add = (createdAt: DateTime.Utc) => withJobs(["Pending"], { title, createdAt })
        yield* Effect.forEach(Arr.range(0, 6), (i) => add(later(Math.floor(i / 2))))
        const before = yield* store.list({ ...filter, start: 0, count: 9 })
        const rows = yield* allAfter(
          (page: Persistence.PageAfterRequest<Ids.VideoId>) => store.list({ ...filter, ...page }),
          2,
          Effect.orDie(add(later(100)))
        )
        deepStrictEqual(idsOf(rows), idsOf(before.data))
        deepStrictEqual((yield* store.list({ ...filter, after: aVideoId(), start: 0, count: 2 })).data, [])
      })
    )
  }

  it.effect("finds the newest video of a result folder, and none for other folders", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const folder = FileKey.FileKey.make(`videos/${crypto.randomUUID()}`)
      yield* withJobs(["Pending"], { destination: folder })
      const newest = yield* withJobs(["Pending"], { destination: folder })
      yield* withJobs(["Pending"], { destination: FileKey.FileKey.make(`${folder}/more`) })
      const found = yield* store.findBy({ destination: folder })
      assertVideos(Option.toArray(found), [newest])
      deepStrictEqual(yield* store.findBy({ destination: FileKey.FileKey.make(`${folder}-more`) }), Option.none())
    })
  )

  it.effect("lists a video without open jobs as unfinalized until it has ended", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const unfinalized = yield* withJobs(ended)
      const settled = yield* withJobs(ended, { endedAt: Option.some(later(1)) })
      const open = yield* Effect.forEach(
        ["Pending", "Processing", "WaitingForParent", "Completing"] as const,
        (state) => withJobs([...ended, state])
      )
      const videos = [unfinalized, settled, ...open]
      deepStrictEqual(among(yield* store.listUnfinalized(someMoment), videos), [unfinalized.id])
      yield* store.save({ ...unfinalized, endedAt: Option.some(later(2)) }, [])
      deepStrictEqual(among(yield* store.listUnfinalized(someMoment), videos), [])
    })
  )

  it.effect("lists a video as unfinalized once its last job has ended", () =>
    Effect.gen(function* () {
      const [videos, jobs] = [yield* VideoStore.VideoStore, yield* JobStore.JobStore]
      const video = yield* withJobs(["Completed", "Processing"])
      const open = (yield* jobs.ofVideo(video.id)).filter(({ state }) => state === "Processing")
      deepStrictEqual(among(yield* videos.listUnfinalized(someMoment), [video]), [])
      for (const job of open) yield* jobs.commit([{ ...job, state: "Errored" }])
      deepStrictEqual(among(yield* videos.listUnfinalized(someMoment), [video]), [video.id])
      yield* videos.remove(video)
      deepStrictEqual(among(yield* videos.listUnfinalized(someMoment), [video]), [])
    })
  )

  it.effect("lists a video with a file pending deletion since before the given time", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const old = yield* withJobs(["Pending"], {
        pendingDeletion: [aPendingDeletion(500), aPendingDeletion(-2), aPendingDeletion(7)]
      })
      const recent = yield* withJobs(["Pending"], { pendingDeletion: [aPendingDeletion(0)] })
      const none = yield* withJobs(["Pending"])
      const list = (millis: number) =>
        Effect.map(store.listPendingDeletion(later(millis)), (videos) => among(videos, [old, recent, none]))
      deepStrictEqual(yield* list(-2), [])
      deepStrictEqual(yield* list(-1), [old.id])
      deepStrictEqual(yield* list(0), [old.id])
      deepStrictEqual(yield* list(1), [old.id, recent.id])
      yield* store.save({ ...old, pendingDeletion: [aPendingDeletion(500)] }, [])
      deepStrictEqual(yield* list(1), [recent.id])
      yield* store.save({ ...recent, pendingDeletion: [] }, [])
      deepStrictEqual(yield* list(1), [])
      deepStrictEqual(yield* list(501), [old.id])
    })
  )

  it.effect("lists at most a hundred unfinalized videos, and at most a hundred with files pending deletion", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const pendingDeletion = [aPendingDeletion(-9_000_000)]
      const many = yield* Effect.forEach(Arr.range(1, 110), () => withJobs(["Completed"], { pendingDeletion }), {
        concurrency: 8
      })
      const lists = [yield* store.listUnfinalized(someMoment), yield* store.listPendingDeletion(later(-8_000_000))]
      deepStrictEqual(
        lists.map((list) => list.length),
        [100, 100]
      )
      yield* Effect.forEach(many, (video) => store.remove(video), { concurrency: 8 })
      deepStrictEqual(yield* store.listPendingDeletion(later(-8_000_000)), [])
    })
  )
}
