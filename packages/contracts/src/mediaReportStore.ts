import { layer as withLayer } from "@effect/vitest"
import { assertNone, deepStrictEqual } from "@effect/vitest/utils"
import { type Ids, MediaReport, MediaReportStore, VideoStore } from "@runner-connector/core"
import { Effect, type Layer } from "effect"
import { aJob, aNewVideo, aVideoFile } from "./fixtures.ts"
import {
  assertPersistenceError,
  assertVideos,
  difficultText,
  type StoreCases,
  type Stores,
  storedVideo
} from "./stores.ts"

const { SOURCE } = MediaReport

const aReport = (name: string, about = "made by a camera"): MediaReport.MediaReport => ({
  name,
  report: {
    format: { format_name: "mov,mp4", duration: "12.340000", tags: { comment: about } },
    streams: [{ index: 0, codec_type: "video", disposition: { default: 1 } }],
    chapters: []
  }
})

const reportsOf = (id: Ids.VideoId) => Effect.flatMap(MediaReportStore.MediaReportStore, (store) => store.ofVideo(id))

/** A stored video with a report on its source. */
const inserted = Effect.gen(function* () {
  const videos = yield* VideoStore.VideoStore
  return yield* videos.insert(aNewVideo(), [aJob()], [], [aReport(SOURCE)])
})

const writeCases: StoreCases = (it) => {
  it.effect("keeps the reports of an insert and of later writes, ordered by name", () =>
    Effect.gen(function* () {
      const videos = yield* VideoStore.VideoStore
      const video = yield* inserted
      deepStrictEqual(yield* reportsOf(video.id), [aReport(SOURCE)])
      const [file, webVideo] = [aVideoFile(), aVideoFile()]
      const added = [aReport(file.attemptId, difficultText), aReport(webVideo.attemptId)]
      yield* videos.save({ ...video, files: [file], webVideos: [webVideo] }, [], [], [], added)
      const byName = [...added, aReport(SOURCE)].sort((a, b) => (a.name < b.name ? -1 : 1))
      deepStrictEqual(yield* reportsOf(video.id), byName)
    })
  )

  it.effect("replaces a report of the same name, and leaves all others to writes without reports", () =>
    Effect.gen(function* () {
      const videos = yield* VideoStore.VideoStore
      const video = yield* inserted
      yield* videos.save(video, [], [], [], [aReport(SOURCE, "edited")])
      yield* videos.save({ ...video, revision: video.revision + 1 }, [])
      deepStrictEqual(yield* reportsOf(video.id), [aReport(SOURCE, "edited")])
    })
  )

  it.effect("removes the reports of files that the video lost, with the next report", () =>
    Effect.gen(function* () {
      const videos = yield* VideoStore.VideoStore
      const video = yield* inserted
      const [old, made] = [aVideoFile(), aVideoFile()]
      yield* videos.save({ ...video, files: [old] }, [], [], [], [aReport(old.attemptId)])
      const next = { ...video, files: [made], revision: video.revision + 1 }
      yield* videos.save(next, [], [], [], [aReport(made.attemptId), aReport(old.attemptId)])
      deepStrictEqual(new Set((yield* reportsOf(video.id)).map(({ name }) => name)), new Set([SOURCE, made.attemptId]))
    })
  )
}

const faultCases: StoreCases = (it) => {
  it.effect("writes no report of a write that fails", () =>
    Effect.gen(function* () {
      const videos = yield* VideoStore.VideoStore
      const video = yield* inserted
      const old = { ...video, revision: video.revision + 7 }
      yield* Effect.flip(videos.save(old, [], [], [], [aReport(SOURCE, "lost")]))
      deepStrictEqual(yield* reportsOf(video.id), [aReport(SOURCE)])
    })
  )

  it.effect("fails the whole write for a report that cannot be stored", () =>
    Effect.gen(function* () {
      const videos = yield* VideoStore.VideoStore
      const video = yield* inserted
      const bad = [aReport(SOURCE, "a\0b")]
      yield* assertPersistenceError(videos.save({ ...video, state: "Published" }, [], [], [], bad))
      assertVideos([yield* storedVideo(video.id)], [video])
      const other = aNewVideo()
      yield* assertPersistenceError(videos.insert(other, [aJob()], [], bad))
      assertNone(yield* videos.find(other.id))
    })
  )

  it.effect("removes the reports with their video", () =>
    Effect.gen(function* () {
      const videos = yield* VideoStore.VideoStore
      const [video, other] = [yield* inserted, yield* inserted]
      yield* videos.remove(video)
      deepStrictEqual(yield* reportsOf(video.id), [])
      deepStrictEqual(yield* reportsOf(other.id), [aReport(SOURCE)])
    })
  )
}

/** Contract of every MediaReportStore with its VideoStore. An adapter's test calls this. */
export const mediaReportStoreContract = <E>(name: string, layer: Layer.Layer<Stores, E>): void =>
  withLayer(layer, { timeout: "5 minutes", excludeTestServices: true })(`MediaReportStore: ${name}`, (it) => {
    for (const cases of [writeCases, faultCases]) cases(it)
  })
