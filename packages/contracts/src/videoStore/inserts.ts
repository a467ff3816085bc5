import { assert } from "@effect/vitest"
import { assertNone } from "@effect/vitest/utils"
import { FileKey, JobStore, PublicOrigin, VideoStore } from "@runner-connector/core"
import { Array as Arr, DateTime, Effect, Option } from "effect"
import { aJob, aNewVideo, aVideoFile, aVideoId } from "../fixtures.ts"
import {
  assertJobs,
  assertOneWinner,
  assertPersistenceError,
  assertVideos,
  difficultText,
  later,
  race,
  type StoreCases,
  storedVideo
} from "../stores.ts"

/** Exceeds 32 bits. */
const hugeSize = 7 * 2 ** 40 + 1

/** A video with every field set. */
const aFullVideo = () =>
  aNewVideo({
    externalId: Option.some(`order 7 ${crypto.randomUUID()} 🦦`),
    metadata: { snake_case: { camelCase: [1, null, "🦦", { deep: true }] }, $1: -0.5, "": "'\"" },
    title: Option.some("Урлаг — مرحبا 🎬"),
    fileName: Option.some("🎬🚀 Урлаг — مرحبا….mp4"),
    state: "TranscodingFailed",
    sourceKey: Option.some(FileKey.FileKey.make("uploads/Ünïcödé 🦦 'quoted' \"file\".mov")),
    source: {
      duration: Option.none(),
      size: hugeSize,
      hasVideo: false,
      hasAudio: false,
      width: 0,
      height: 0,
      fps: 29.97
    },
    destination: FileKey.FileKey.make("videos/עברית $1"),
    baseName: Option.some(difficultText),
    thumbnailKey: Option.some(FileKey.FileKey.make("videos/cat/thumbnail.jpg")),
    files: [
      aVideoFile({ resolution: 240, size: hugeSize, duration: Option.none(), codecs: [] }),
      aVideoFile({ resolution: 2160, fps: 60, hasAudio: false, duration: Option.some(0.001) })
    ],
    playlistKey: Option.some(FileKey.FileKey.make("videos/cat/master.m3u8")),
    live: Option.some({
      id: crypto.randomUUID(),
      asked: [{ resolution: 0, fps: 0 }],
      replay: true,
      recorded: false,
      state: "stopping",
      error: Option.some(difficultText)
    }),
    pendingDeletion: [
      { key: FileKey.FileKey.make("videos/cat/old.m3u8"), at: DateTime.unsafeMake("2038-01-19T03:14:08.001Z") },
      { key: FileKey.FileKey.make("videos/cat/live-1"), folder: true, at: later(3) }
    ],
    publicUrl: Option.some(PublicOrigin.PublicOrigin.make("https://[::1]:8443")),
    createdAt: DateTime.unsafeMake("1999-12-31T23:59:59.999Z"),
    updatedAt: later(1),
    endedAt: Option.some(later(2))
  })

/** Contract of insert and find. */
export const videoInsertCases: StoreCases = (it) => {
  it.effect("returns every field as inserted, with a number", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      for (const added of [aFullVideo(), aNewVideo()]) {
        const video = yield* store.insert(added, [aJob()])
        assertVideos([video], [{ ...added, number: video.number, revision: video.revision }])
        assertVideos([yield* storedVideo(added.id)], [video])
        assert.isAbove(video.number, 0)
      }
    })
  )

  it.effect("assigns a unique number to every video", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const videos = yield* Effect.forEach(Arr.range(1, 20), () => store.insert(aNewVideo(), [aJob()]), {
        concurrency: "unbounded"
      })
      assert.strictEqual(new Set(videos.map(({ number }) => number)).size, 20)
    })
  )

  it.effect("inserts the jobs with the video, in order", () =>
    Effect.gen(function* () {
      const [videos, jobs] = [yield* VideoStore.VideoStore, yield* JobStore.JobStore]
      const video = aNewVideo()
      const videoId = Option.some(video.id)
      const first = aJob({ videoId })
      const second = aJob({ videoId, parentId: Option.some(first.id), state: "WaitingForParent" })
      yield* videos.insert(video, [first, second])
      assertJobs(yield* jobs.ofVideo(video.id), [first, second])
    })
  )

  it.effect("inserts a video without jobs, as an import does", () =>
    Effect.gen(function* () {
      const [videos, jobs] = [yield* VideoStore.VideoStore, yield* JobStore.JobStore]
      const video = yield* videos.insert(aNewVideo({ endedAt: Option.some(later(1)) }), [])
      assertVideos([yield* storedVideo(video.id)], [video])
      assertJobs(yield* jobs.ofVideo(video.id), [])
    })
  )

  it.effect("finds no video for an unknown id", () =>
    Effect.gen(function* () {
      assertNone(yield* (yield* VideoStore.VideoStore).find(aVideoId()))
    })
  )

  it.effect("inserts neither the video nor any job when one of the jobs exists already", () =>
    Effect.gen(function* () {
      const [videos, jobs] = [yield* VideoStore.VideoStore, yield* JobStore.JobStore]
      const [taken, fresh] = [aJob(), aJob()]
      yield* jobs.insert([taken])
      const video = aNewVideo()
      yield* assertPersistenceError(videos.insert(video, [fresh, { ...taken, priority: 5 }]))
      assertNone(yield* videos.find(video.id))
      assertJobs(yield* jobs.family(fresh.id), [])
      assertJobs(yield* jobs.family(taken.id), [taken])
    })
  )

  it.effect("accepts one video in the state ToImport for a destination, and any number of others", () =>
    Effect.gen(function* () {
      const videos = yield* VideoStore.VideoStore
      const destination = FileKey.FileKey.make(`videos/${crypto.randomUUID()}`)
      const insert = (over: object = {}) =>
        videos.insert(aNewVideo({ destination, state: "ToImport", ...over }), [aJob()])
      assertOneWinner(yield* race(Arr.makeBy(5, () => insert())), "PersistenceError")
      const first = Option.getOrThrow(yield* videos.findBy({ destination }))
      yield* insert({ state: "Published" })
      yield* insert({ destination: FileKey.FileKey.make(`${destination}/other`) })
      yield* videos.remove(first)
      yield* insert()
    })
  )

  it.effect("inserts no job when the video exists already", () =>
    Effect.gen(function* () {
      const [videos, jobs] = [yield* VideoStore.VideoStore, yield* JobStore.JobStore]
      const video = yield* videos.insert(aNewVideo(), [aJob()])
      const job = aJob()
      yield* assertPersistenceError(videos.insert(aNewVideo({ id: video.id, state: "Published" }), [job]))
      assertJobs(yield* jobs.family(job.id), [])
      assertVideos([yield* storedVideo(video.id)], [video])
    })
  )

  it.effect("accepts one of many inserts of the same video, with only its job", () =>
    Effect.gen(function* () {
      const [videos, jobs] = [yield* VideoStore.VideoStore, yield* JobStore.JobStore]
      const video = aNewVideo()
      const candidates = Arr.makeBy(15, () => aJob({ videoId: Option.some(video.id) }))
      const outcomes = yield* race(candidates.map((job) => videos.insert(video, [job])))
      assertOneWinner(outcomes, "PersistenceError")
      assertJobs(
        yield* jobs.ofVideo(video.id),
        candidates.filter((_, i) => outcomes[i] === "ok")
      )
    })
  )

  it.effect("rejects text with a NUL character with a typed error, and inserts nothing", () =>
    Effect.gen(function* () {
      const [videos, jobs] = [yield* VideoStore.VideoStore, yield* JobStore.JobStore]
      const [good, bad] = [aNewVideo(), aNewVideo({ baseName: Option.some("a\0b") })]
      const job = aJob()
      yield* assertPersistenceError(videos.insert(bad, [job]))
      yield* assertPersistenceError(videos.insert(good, [job, aJob({ payload: "\0" })]))
      assertNone(yield* videos.find(bad.id))
      assertNone(yield* videos.find(good.id))
      assertJobs(yield* jobs.family(job.id), [])
    })
  )
}
