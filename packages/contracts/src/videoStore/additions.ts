import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { type Ids, JobStore, VideoStore } from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { aJob, aNewVideo } from "../fixtures.ts"
import { claim } from "../jobQueue/claim.ts"
import {
  assertJobs,
  assertOneWinner,
  assertPersistenceError,
  assertVideos,
  idsOf,
  race,
  type StoreCases,
  storedVideo
} from "../stores.ts"

/** A stored video with one stored job, and a new job of the video that depends on it. */
const aVideoWithMore = Effect.gen(function* () {
  const fresh = aNewVideo()
  const videoId = Option.some(fresh.id)
  const job = aJob({ videoId, state: "Completing" })
  const video = yield* (yield* VideoStore.VideoStore).insert(fresh, [job])
  const more = (priority = 0) => aJob({ videoId, priority, state: "WaitingForParent", parentId: Option.some(job.id) })
  return { video, job, more }
})

const jobsOf = (id: Ids.VideoId) => Effect.flatMap(JobStore.JobStore, (store) => store.ofVideo(id))

/** Contract of save for jobs that are added with it. */
export const videoAdditionCases: StoreCases = (it) => {
  it.effect("adds jobs in the same write, after the existing ones, in order", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const { job, more, video } = yield* aVideoWithMore
      const added = [more(2), more(1), more(3)]
      yield* store.save({ ...video, state: "Published" }, [{ ...job, state: "Completed" }], added)
      const stored = yield* jobsOf(video.id)
      assertJobs(stored, [{ ...job, state: "Completed", revision: 1 }, ...added])
      assertVideos([yield* storedVideo(video.id)], [{ ...video, state: "Published", revision: video.revision + 1 }])
      assertJobs(yield* (yield* JobStore.JobStore).family(job.id), stored)
    })
  )

  it.effect("adds jobs when nothing else changes", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const { job, more, video } = yield* aVideoWithMore
      const added = more()
      yield* store.save(video, [], [added])
      assertJobs(yield* jobsOf(video.id), [job, added])
      assert.strictEqual((yield* storedVideo(video.id)).revision, video.revision + 1)
    })
  )

  it.effect("can add a job that depends on another added job, and lists it once it is pending", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const { more, video } = yield* aVideoWithMore
      const type = `added ${crypto.randomUUID()}`
      const parent = { ...more(), type, state: "Pending" as const, parentId: Option.none() }
      const child = { ...more(), type, parentId: Option.some(parent.id) }
      yield* store.save(video, [], [parent, child])
      const jobs = yield* JobStore.JobStore
      assertJobs(yield* claim({ types: [type] }), [parent])
      deepStrictEqual(idsOf(yield* jobs.family(parent.id)), [parent.id, child.id])
    })
  )

  it.effect("adds nothing when the video or one of the jobs was changed concurrently", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const { job, more, video } = yield* aVideoWithMore
      yield* store.save(video, [])
      assert.instanceOf(yield* Effect.flip(store.save(video, [job], [more()])), VideoStore.VideoConflict)
      yield* (yield* JobStore.JobStore).commit([job])
      const current = yield* storedVideo(video.id)
      assert.instanceOf(yield* Effect.flip(store.save(current, [job], [more()])), JobStore.JobConflict)
      assertJobs(yield* jobsOf(video.id), [{ ...job, revision: 1 }])
      assertVideos([yield* storedVideo(video.id)], [current])
    })
  )

  it.effect("writes nothing when one of the jobs cannot be added", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const { job, more, video } = yield* aVideoWithMore
      const twin = more()
      const wrong = [
        [more(), job],
        [twin, { ...twin }],
        [more(), { ...more(), type: "\0" }]
      ] as const
      for (const added of wrong) {
        const write = store.save({ ...video, state: "Published" }, [{ ...job, state: "Completed" }], added)
        yield* assertPersistenceError(write)
      }
      assertVideos([yield* storedVideo(video.id)], [video])
      assertJobs(yield* jobsOf(video.id), [job])
    })
  )

  it.effect("accepts the jobs of exactly one of many writers at one revision", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const { job, more, video } = yield* aVideoWithMore
      const added = Arr.makeBy(20, () => [more(), more()])
      const outcomes = yield* race(added.map((jobs) => store.save(video, [], jobs)))
      assertOneWinner(outcomes, "VideoConflict")
      assertJobs(yield* jobsOf(video.id), [job, ...(added[outcomes.indexOf("ok")] ?? [])])
    })
  )

  it.effect("adds no job to a video when one of its jobs ends concurrently", () =>
    Effect.gen(function* () {
      const [videos, jobs] = [yield* VideoStore.VideoStore, yield* JobStore.JobStore]
      yield* Effect.forEach(Arr.range(1, 10), () =>
        Effect.gen(function* () {
          const { job, more, video } = yield* aVideoWithMore
          const publish = videos.save(video, [{ ...job, state: "Completed" }], [more()])
          const outcomes = yield* race([publish, jobs.commit([{ ...job, state: "Cancelled" }])])
          assertOneWinner(outcomes, "JobConflict")
          assert.lengthOf(yield* jobsOf(video.id), outcomes[0] === "ok" ? 2 : 1)
        })
      )
    })
  )
}
