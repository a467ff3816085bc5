import { deepStrictEqual } from "@effect/vitest/utils"
import { type Chunking, FileKey, JobStore, type Video, VideoStore } from "@runner-connector/core"
import { type DateTime, Effect, Option } from "effect"
import { aJob, aNewVideo, someMoment } from "../fixtures.ts"
import { later, type StoreCases, storedVideo } from "../stores.ts"

const aKey = (name: string): FileKey.FileKey => FileKey.FileKey.make(`videos/film/${name}`)

const aLease = (at: DateTime.Utc): Option.Option<Chunking.WorkLease> => Option.some({ server: crypto.randomUUID(), at })

const aPart = (index: number): Chunking.ChunkPart => ({
  ...{ index, attemptId: crypto.randomUUID(), key: aKey(`part-${index}.mp4`), size: 1000 },
  header: { size: 826, digest: "a-digest" },
  segments: [
    [4, 826, 100],
    [3.966_666, 926, 74]
  ],
  facts: {
    ...{ resolution: 360, fps: 30, width: 640, height: 360 },
    ...{ hasVideo: true, hasAudio: false, codecs: ["avc1.64001e"], videoRange: "PQ" }
  }
})

/** A film of two chunks, with the second one made and the first one missing. */
const aChunking = (over: Partial<Chunking.Chunking> = {}): Chunking.Chunking => ({
  ...{ state: "cut", total: 2 },
  chunks: [0, 1].map((index) => ({
    ...{ id: crypto.randomUUID(), key: aKey(`${index}-chunk.mp4`), start: index * 8.008, duration: 8.008 }
  })),
  sound: Option.some({ id: crypto.randomUUID(), key: aKey("chunk-audio.mp4") }),
  renditions: [
    {
      ...{ id: crypto.randomUUID(), resolution: 360, fps: 30, playlistKey: aKey("360.m3u8") },
      ...{ failed: false, parts: [aPart(1)], listed: 0 }
    }
  ],
  cutter: Option.none(),
  lister: Option.none(),
  ...over
})

const withChunks = (chunking: Chunking.Chunking): Effect.Effect<Video.Video, never, VideoStore.VideoStore> =>
  Effect.orDie(
    Effect.flatMap(VideoStore.VideoStore, (store) =>
      store.insert(
        aNewVideo({ chunking: Option.some(chunking), updatedAt: someMoment, endedAt: Option.some(someMoment) }),
        []
      )
    )
  )

/** Contract of videos that are made in chunks. */
export const videoChunkCases: StoreCases = (it) => {
  it.effect("keeps how a video is made in chunks, and of which chunk a job is", () =>
    Effect.gen(function* () {
      const [videos, jobs] = [yield* VideoStore.VideoStore, yield* JobStore.JobStore]
      const chunking = aChunking({ cutter: aLease(later(1)), reason: "The codec is not known." })
      const video = yield* withChunks(chunking)
      deepStrictEqual((yield* storedVideo(video.id)).chunking, Option.some(chunking))
      const renditionId = Option.some(crypto.randomUUID())
      const job = aJob({ videoId: Option.some(video.id), renditionId, chunk: Option.some(1) })
      yield* videos.save({ ...video, chunking: Option.none() }, [], [job])
      deepStrictEqual((yield* storedVideo(video.id)).chunking, Option.none())
      const [stored] = yield* jobs.ofVideo(video.id)
      deepStrictEqual([stored?.renditionId, stored?.chunk], [renditionId, Option.some(1)])
    })
  )

  it.effect("lists videos whose chunks no server works on", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const state = "cutting"
      const cutting = yield* withChunks(aChunking({ state, cutter: aLease(later(2)) }))
      const listing = yield* withChunks(aChunking({ cutter: aLease(later(9)), lister: aLease(later(4)) }))
      const [rendition] = aChunking().renditions
      const due = rendition === undefined ? [] : [{ ...rendition, parts: [aPart(0)] }]
      const waiting = yield* withChunks(aChunking({ renditions: due }))
      const idle = yield* withChunks(aChunking())
      const all = [cutting, listing, waiting, idle].map(({ id }) => id)
      const list = (millis: number) =>
        Effect.map(store.listUnfinalized(later(millis)), (videos) =>
          all.filter((id) => videos.some((video) => video.id === id))
        )
      deepStrictEqual(yield* list(0), [])
      deepStrictEqual(yield* list(1), [waiting.id])
      deepStrictEqual(yield* list(3), [cutting.id, waiting.id])
      deepStrictEqual(yield* list(5), [cutting.id, listing.id, waiting.id])
      yield* store.save({ ...idle, endedAt: Option.none() }, [])
      deepStrictEqual(yield* list(0), [idle.id])
      yield* Effect.forEach([cutting, listing, waiting, idle], (video) =>
        Effect.flatMap(storedVideo(video.id), store.remove)
      )
    })
  )
}
