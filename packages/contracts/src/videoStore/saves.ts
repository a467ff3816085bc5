import { assert } from "@effect/vitest"
import { assertNone } from "@effect/vitest/utils"
import { FileKey, JobStore, VideoStore } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { aJob, aJobId, aNewVideo, aVideo, aVideoFile } from "../fixtures.ts"
import {
  assertJobs,
  assertPersistenceError,
  assertVideos,
  later,
  type StoreCases,
  storedJob,
  storedVideo
} from "../stores.ts"

/** A stored video with two stored jobs. */
const aStoredVideo = Effect.gen(function* () {
  const added = aNewVideo()
  const videoId = Option.some(added.id)
  const [job, next] = [aJob({ videoId, state: "Completing" }), aJob({ videoId, state: "WaitingForParent" })]
  const video = yield* (yield* VideoStore.VideoStore).insert(added, [job, next])
  return { video, job, next }
})

/** Contract of save and remove with a single writer. */
export const videoSaveCases: StoreCases = (it) => {
  it.effect("writes every field except number and creation time, and increments the revision", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const { video } = yield* aStoredVideo
      const changed = {
        ...video,
        state: "Published" as const,
        sourceKey: Option.some(FileKey.FileKey.make("uploads/other.mov")),
        source: {
          ...{ ...video.source, duration: Option.none(), size: 2 ** 41 },
          ...{ shown: { start: 0, end: 16.5 }, heard: { start: 0.25, end: 6 } }
        },
        destination: FileKey.FileKey.make("videos/other"),
        baseName: Option.some("other"),
        thumbnailKey: Option.some(FileKey.FileKey.make("videos/other/thumbnail.jpg")),
        files: [aVideoFile({ resolution: 240 }), aVideoFile()],
        playlistKey: Option.some(FileKey.FileKey.make("videos/other/master.m3u8")),
        pendingDeletion: [{ key: FileKey.FileKey.make("videos/cat/old.m3u8"), at: later(7) }],
        updatedAt: later(8),
        endedAt: Option.some(later(9))
      }
      yield* store.save({ ...changed, number: video.number + 1, createdAt: later(100) }, [])
      assertVideos([yield* storedVideo(video.id)], [{ ...changed, revision: video.revision + 1 }])
      yield* store.save({ ...video, revision: video.revision + 1 }, [])
      assertVideos([yield* storedVideo(video.id)], [{ ...video, revision: video.revision + 2 }])
    })
  )

  it.effect("writes the video and its jobs together, each at its revision", () =>
    Effect.gen(function* () {
      const { job, next, video } = yield* aStoredVideo
      const published = { ...video, state: "Published" as const, files: [aVideoFile()] }
      yield* (yield* VideoStore.VideoStore).save(published, [
        { ...job, state: "Completed" },
        { ...next, state: "Pending" }
      ])
      assertVideos([yield* storedVideo(video.id)], [{ ...published, revision: video.revision + 1 }])
      assertJobs(
        [yield* storedJob(job.id), yield* storedJob(next.id)],
        [
          { ...job, state: "Completed", revision: 1 },
          { ...next, state: "Pending", revision: 1 }
        ]
      )
    })
  )

  it.effect("writes no job when the video was changed concurrently", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const { job, video } = yield* aStoredVideo
      yield* store.save(video, [])
      const error = yield* Effect.flip(
        store.save({ ...video, state: "Published" }, [{ ...job, state: "Completed" as const }])
      )
      assert.instanceOf(error, VideoStore.VideoConflict)
      assert.strictEqual(error.id, video.id)
      assertVideos([yield* storedVideo(video.id)], [{ ...video, revision: video.revision + 1 }])
      assertJobs([yield* storedJob(job.id)], [job])
    })
  )

  it.effect("writes neither the video nor any job when one of the jobs was changed concurrently", () =>
    Effect.gen(function* () {
      const { job, next, video } = yield* aStoredVideo
      yield* (yield* JobStore.JobStore).commit([next])
      const writes = [
        { ...job, state: "Completed" as const },
        { ...next, state: "Pending" as const }
      ]
      for (const jobs of [writes, writes.slice(1), writes.toReversed()]) {
        const error = yield* Effect.flip((yield* VideoStore.VideoStore).save({ ...video, state: "Published" }, jobs))
        assert.instanceOf(error, JobStore.JobConflict)
        assert.strictEqual(error.id, next.id)
      }
      assertVideos([yield* storedVideo(video.id)], [video])
      assertJobs([yield* storedJob(job.id), yield* storedJob(next.id)], [job, { ...next, revision: 1 }])
    })
  )

  it.effect("writes nothing when one of the jobs was never inserted", () =>
    Effect.gen(function* () {
      const { video } = yield* aStoredVideo
      const error = yield* Effect.flip((yield* VideoStore.VideoStore).save(video, [aJob({ id: aJobId() })]))
      assert.instanceOf(error, JobStore.JobConflict)
      assertVideos([yield* storedVideo(video.id)], [video])
    })
  )

  it.effect("rejects a video that was never inserted", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const video = aVideo()
      assert.instanceOf(yield* Effect.flip(store.save(video, [])), VideoStore.VideoConflict)
      assertNone(yield* store.find(video.id))
    })
  )

  it.effect("rejects text with a NUL character with a typed error, and writes nothing", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const { job, video } = yield* aStoredVideo
      yield* assertPersistenceError(store.save({ ...video, baseName: Option.some("\0") }, [job]))
      yield* assertPersistenceError(store.save(video, [{ ...job, error: Option.some("\0") }]))
      assertVideos([yield* storedVideo(video.id)], [video])
      assertJobs([yield* storedJob(job.id)], [job])
    })
  )

  it.effect("removes a video and keeps its jobs as history", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const { job, next, video } = yield* aStoredVideo
      const other = yield* aStoredVideo
      yield* store.remove(video)
      yield* store.remove(video)
      assertNone(yield* store.find(video.id))
      assertJobs(yield* (yield* JobStore.JobStore).ofVideo(video.id), [job, next])
      assertVideos([yield* storedVideo(other.video.id)], [other.video])
      assert.instanceOf(yield* Effect.flip(store.save(video, [job])), VideoStore.VideoConflict)
    })
  )

  it.effect("does not remove a video that was changed since the read", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const { video } = yield* aStoredVideo
      yield* store.save(video, [])
      assert.instanceOf(yield* Effect.flip(store.remove(video)), VideoStore.VideoConflict)
      const changed = yield* storedVideo(video.id)
      yield* store.remove(changed)
      assertNone(yield* store.find(video.id))
    })
  )
}
