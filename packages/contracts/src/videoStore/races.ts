import { assert } from "@effect/vitest"
import { assertSome, deepStrictEqual } from "@effect/vitest/utils"
import { JobStore, type Video, VideoStore } from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { aJob, aNewVideo, aVideoFile } from "../fixtures.ts"
import { assertOneWinner, race, type StoreCases, storedJob, storedVideo } from "../stores.ts"

/** Contract of concurrent saves. */
export const videoRaceCases: StoreCases = (it) => {
  it.effect("accepts exactly one of many writers at one revision, with only its job", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const jobs = Arr.makeBy(25, () => aJob({ state: "Completing" }))
      const video = yield* store.insert(aNewVideo(), jobs)
      const outcomes = yield* race(
        jobs.map((job, i) =>
          store.save({ ...video, baseName: Option.some(String(i)) }, [{ ...job, state: "Completed" }])
        )
      )
      assertOneWinner(outcomes, "VideoConflict")
      const winner = outcomes.indexOf("ok")
      const stored = yield* storedVideo(video.id)
      assertSome(stored.baseName, String(winner))
      assert.strictEqual(stored.revision, video.revision + 1)
      const states = yield* Effect.forEach(jobs, ({ id }) => Effect.map(storedJob(id), ({ state }) => state))
      deepStrictEqual(
        states,
        Arr.map(jobs, (_, i) => (i === winner ? "Completed" : "Completing"))
      )
    })
  )

  it.effect("loses no rendition when many are added concurrently, each with its job", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const jobs = Arr.makeBy(12, () => aJob({ state: "Completing" }))
      const { id } = yield* store.insert(aNewVideo(), jobs)
      const add = (job: (typeof jobs)[0], resolution: number) =>
        Effect.gen(function* () {
          const video = yield* storedVideo(id)
          const files: Video.Video["files"] = [...video.files, aVideoFile({ resolution })]
          yield* store.save({ ...video, files }, [{ ...job, state: "Completed" }])
        }).pipe(Effect.retry({ while: ({ _tag }) => _tag === "VideoConflict" }))
      const outcomes = yield* race(jobs.map(add))
      deepStrictEqual(new Set(outcomes), new Set(["ok"]))
      const resolutions = (yield* storedVideo(id)).files.map(({ resolution }) => resolution)
      deepStrictEqual(
        resolutions.sort((a, b) => a - b),
        Arr.range(0, 11)
      )
    })
  )

  it.effect("never publishes a rendition whose job was ended concurrently", () =>
    Effect.gen(function* () {
      const [videos, jobs] = [yield* VideoStore.VideoStore, yield* JobStore.JobStore]
      yield* Effect.forEach(Arr.range(1, 10), () =>
        Effect.gen(function* () {
          const job = aJob({ state: "Completing" })
          const video = yield* videos.insert(aNewVideo(), [job])
          const publish = videos.save({ ...video, files: [aVideoFile()] }, [{ ...job, state: "Completed" }])
          const outcomes = yield* race([publish, jobs.commit([{ ...job, state: "Cancelled" }])])
          assertOneWinner(outcomes, "JobConflict")
          const [published, ended] = [yield* storedVideo(video.id), yield* storedJob(job.id)]
          assert.strictEqual(published.files.length, ended.state === "Completed" ? 1 : 0)
        })
      )
    })
  )
}
